import type { ConfigState, Settings } from "../../config/settings.ts"
import { valueAt } from "../../config/path.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import type { Prompts } from "../prompts.ts"
import type { OnboardArgs } from "./flags.ts"

/** What every step of a setup has at hand. */
export interface Wizard {
  args: OnboardArgs
  context: Context
  settings: Settings
  /** The config as it is now. */
  state: ConfigState
  /** Whom to ask; absent when flags and defaults decide. */
  ask?: Prompts
  /** Ask also what has a sensible default. */
  advanced: boolean
  /** Something was written: whoever leaves from now on does not leave everything as it was. */
  hasWritten: boolean
}

/** What the config says at `path`, as written. */
export const written = ({ state }: Pick<Wizard, "state">, ...path: string[]) =>
  valueAt(state.composed, path)

/** The flag that a question nobody can be asked is answered by. */
export const missing = (flag: string, what: string, hint?: string) =>
  usage({ problem: `${flag} is missing: ${what}.`, hint })
