import type { ArgsDef, ParsedArgs } from "citty"
import type { Env, Paths } from "../config/paths.ts"
import type { Output } from "./output.ts"

/** What a command knows about where it runs. */
export interface Context {
  version: string
  env: Env
  paths: Paths
  /** What to type to run fased again: `fased`, or its path where the shell does not find it. */
  program: string
  /** The compiled file that runs; nothing when run from the sources. */
  execPath?: string
  /** The flags that chose this instance, e.g. `--profile work`, to repeat in commands we print. */
  instance: readonly string[]
  out: Output
  /** Someone can answer a question. */
  interactive: boolean
}

/** One command's flags and work. Its name and one-line summary are in `tree.ts`, which loads it. */
export interface Command<A extends ArgsDef = ArgsDef> {
  /** More than the summary says, shown in its help. */
  readonly about?: string
  readonly args: A
  /** Takes any number of words besides its arguments. */
  readonly words?: true
  readonly examples?: readonly (readonly [command: string, purpose: string])[]
  /** Resolves to the exit code; nothing means 0. Throws faults. */
  run(args: ParsedArgs<A>, context: Context): Promise<number | void> | number | void
}

export const command = <const A extends ArgsDef>(declaration: Command<A>): Command<A> => declaration

// oxlint-disable-next-line typescript/no-explicit-any -- the tree holds commands of every shape
export type AnyCommand = Command<any>

/** A command line to show a person, for this same instance. */
export const fased = ({ program, instance }: Pick<Context, "program" | "instance">, rest: string) =>
  [program, ...instance, rest].join(" ")
