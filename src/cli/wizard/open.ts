import { configInvalid } from "../../config/faults.ts"
import type { ConfigState } from "../../config/settings.ts"
import type { GatewayConfig } from "../../gateway/config.ts"
import { checkEntry } from "../../gateway/entry.ts"
import { applyAnswers, type Applied } from "../../onboard/apply.ts"
import type { Answers } from "../../onboard/answers.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import { Cancelled, canAsk, openPrompts } from "../prompts.ts"
import { openSettings } from "../settings.ts"
import type { OnboardArgs } from "./flags.ts"
import type { Wizard } from "./wizard.ts"

/** Opens the wizard, or says why there can be none. */
export const openWizard = async (
  args: OnboardArgs,
  context: Context,
  command: string,
): Promise<Wizard> => {
  const { json } = args
  const asks = !args["non-interactive"]
  if (asks && !canAsk({ json }))
    throw usage({
      problem: "Nobody is at a terminal to be asked.",
      hint: `In a script: fased ${command} --non-interactive --accept-risk (and flags for what you want)`,
    })
  const settings = await openSettings(context)
  const state = settings.current()
  if (!state.composed || state.issues.length) throw configInvalid(state)
  return {
    args,
    context,
    settings,
    state,
    hasWritten: false,
    advanced: args.flow === "advanced" || args.flow === "manual",
    ...(asks && { ask: await openPrompts(context, { json }) }),
  }
}

/** Runs the questions; who leaves before the last of them leaves everything as it was. */
export const untilCancelled = async (
  wizard: Wizard,
  work: () => Promise<number>,
): Promise<number> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    wizard.ask?.outro(
      wizard.hasWritten
        ? "Stopped. What was answered before is kept."
        : "Stopped. Nothing was changed.",
    )
    return 130
  }
}

/** Writes the answers down, with the setup's own note. */
export const apply = async (
  answers: Answers,
  wizard: Wizard,
  command: string,
): Promise<Applied> => {
  const { settings, context } = wizard
  const applied = await applyAnswers(answers, {
    settings,
    env: settings.env,
    paths: context.paths,
    note: { at: new Date().toISOString(), version: context.version, command },
    prove: (next) => proveStart(next, context.paths),
  })
  wizard.hasWritten = true
  return applied
}

/** A gateway here could start with this. Secrets kept elsewhere are for its start to fetch. */
const proveStart = ({ values, refs, env }: ConfigState, paths: Context["paths"]) => {
  if (!values || refs.some(({ path }) => path.startsWith("gateway."))) return
  const config = values.gateway as GatewayConfig
  if (config.mode === "local") checkEntry({}, config, { env, paths })
}
