import { nearest } from "../../config/nearest.ts"
import type { Env } from "../../config/paths.ts"
import { systemClock } from "../../kernel/clock.ts"
import { Fault } from "../../kernel/fault.ts"
import { guideProvider } from "../../models/guide.ts"
import { formatRef } from "../../models/ref.ts"
import type { ModelAnswer } from "../../onboard/answers.ts"
import {
  choiceId,
  choiceIds,
  customChoice,
  guideChoice,
  hosted,
  local,
} from "../../onboard/choices.ts"
import { modelFailed } from "../../onboard/faults.ts"
import { findServers, type FoundServer, serverChoices } from "../../onboard/model-servers.ts"
import type { Trial } from "../../onboard/try-model.ts"
import { usage } from "../faults.ts"
import type { Choice } from "../prompts.ts"
import { customModel } from "./custom-model.ts"
import { hostedModel } from "./hosted-model.ts"
import { localModel } from "./local-model.ts"
import { type Wizard, written } from "./wizard.ts"

/** What came of the model step. */
export interface ModelStep {
  /** Absent: everything stays as it is. */
  answer?: ModelAnswer
  /** `provider/model` that will answer. */
  ref: string
  check: "passed" | "failed" | "skipped"
}

/** Which model answers: by flag, by question, or the one that does already. */
export const chooseModel = async (wizard: Wizard): Promise<ModelStep> => {
  const { args, ask } = wizard
  const now = await currentModel(wizard)
  const given = choiceFromFlags(wizard)
  const kept: ModelStep = { ref: now, check: "skipped" }
  if (!given) return ask ? askModel(wizard, now) : kept
  const answer = await build(wizard, { choice: given, servers: [], now })
  const step = await judge(wizard, answer)
  // A second attempt is answered by the person, not by the flags that failed.
  return (
    step ?? askModel({ ...wizard, args: { "secret-input-mode": args["secret-input-mode"] } }, now)
  )
}

const askModel = async (wizard: Wizard, now: string): Promise<ModelStep> => {
  const servers = await lookAround(wizard)
  for (;;) {
    const choice = await askChoice(wizard, now, servers)
    if (choice === "keep") return { ref: now, check: "skipped" }
    const step = await judge(wizard, await build(wizard, { choice, servers, now }))
    if (step) return step
  }
}

const guide = { provider: guideProvider, model: "guide" }

/** Calls the model once; undefined when that failed and the person wants to choose again. */
const judge = async (
  wizard: Wizard,
  answer: ModelAnswer | undefined,
): Promise<ModelStep | undefined> => {
  const { args, ask } = wizard
  if (!answer) return { ref: formatRef(guide), check: "skipped" }
  const ref = formatRef(answer)
  if (answer.provider === guideProvider || args["skip-model-check"])
    return { answer, ref, check: "skipped" }
  const trial = await tryIt(wizard, answer, ref)
  if (trial.ok) return { answer, ref, check: "passed" }
  if (!ask) throw modelFailed({ ref, fault: trial.fault })
  const next = await ask.select<"again" | "keep">({
    message: "What now?",
    options: [
      { value: "again", label: "Try again, or choose another" },
      { value: "keep", label: "Keep it all the same: it may come to work later" },
    ],
  })
  return next === "keep" ? { answer, ref, check: "failed" } : undefined
}

/** What answers as things stand. */
const currentModel = async ({ settings }: Wizard) => {
  const [{ createModels }, { createDiscovery }, { createGuide }, { models }, agent] =
    await Promise.all([
      import("../../models/create.ts"),
      import("../../models/discovery.ts"),
      import("../../models/guide.ts"),
      import("../../models/config.ts"),
      import("../../agents/config.ts"),
    ])
  const [chosen] = agent.modelsOf(
    agent.findAgent(settings.section(agent.agents)),
    settings.section(agent.agents),
  )
  if (chosen) return chosen
  try {
    await settings.activate([models])
  } catch (error) {
    // A key that cannot be had is what this step can put right.
    if (error instanceof Fault) return formatRef(guide)
    throw error
  }
  return createModels({
    config: () => settings.section(models),
    env: settings.env,
    clock: systemClock,
    guide: createGuide(),
    agents: () => settings.section(agent.agents),
    discovery: createDiscovery({ clock: systemClock }),
  }).defaultRef()
}

const choiceFromFlags = ({ args }: Wizard): string | undefined => {
  const typed = args["auth-choice"]
  if (typed === undefined) {
    const byKey = hosted.find(({ flag }) => args[flag] !== undefined)
    return byKey?.id ?? (args["custom-base-url"] === undefined ? undefined : customChoice)
  }
  const id = choiceId(typed)
  if (choiceIds.includes(id)) return id
  const meant = nearest(id, choiceIds)
  throw usage({
    problem: `--auth-choice cannot be "${typed}" in this version.`,
    hint: meant ? `Did you mean ${meant}?` : `It is one of: ${choiceIds.join(", ")}`,
  })
}

const lookAround = ({ ask, settings: { env } }: Wizard): Promise<FoundServer[]> =>
  ask!.busy("Looking for models on this machine", () => findServers(serverChoices(env)))

const askChoice = async (wizard: Wizard, now: string, servers: FoundServer[]) => {
  const { ask, settings } = wizard
  const { env } = settings
  const canStay = now !== formatRef(guide) && isWritten(wizard, now)
  const options: Choice<string>[] = [
    ...(canStay ? [{ value: "keep", label: `Keep ${now}` }] : []),
    ...servers.map(({ id, label, models: [first, ...more] }) => ({
      value: id,
      label: `${label}, found on this machine (${first}${more.length ? ` and ${more.length} more` : ""})`,
    })),
    ...hosted.map(({ id, label, variable }) => ({
      value: id,
      label: env[variable]?.trim() ? `${label} (${variable} is set)` : label,
    })),
    { value: customChoice, label: "Another server, compatible with OpenAI or Anthropic" },
    {
      value: guideChoice,
      label: `None${canStay ? "" : " yet"}: the built-in guide answers, which is no language model`,
    },
  ]
  return ask!.select({
    message: "Which model shall answer?",
    options,
    initial: canStay || servers.length ? undefined : withVariable(env)?.id,
  })
}

const withVariable = (env: Env) => hosted.find(({ variable }) => env[variable]?.trim())

/** Somebody decided on it: a variable that happens to be set in this shell is no decision. */
const isWritten = (wizard: Wizard, ref: string) =>
  written(wizard, "agents", "defaults", "model") !== undefined ||
  written(wizard, "models", "providers", ref.split("/", 1)[0]!) !== undefined

/** The answer a choice leads to; undefined when the guide answers anyway. */
const build = async (
  wizard: Wizard,
  { choice, servers, now }: { choice: string; servers: FoundServer[]; now: string },
): Promise<ModelAnswer | undefined> => {
  const byKey = hosted.find(({ id }) => id === choice)
  if (byKey) return hostedModel(wizard, byKey)
  const server = local.find(({ id }) => id === choice)
  if (server) return localModel(wizard, server, servers)
  if (choice === customChoice) return customModel(wizard)
  return now === formatRef(guide) ? undefined : guide
}

const tryIt = async (wizard: Wizard, answer: ModelAnswer, ref: string): Promise<Trial> => {
  const { ask, state, settings } = wizard
  const { tryModel } = await import("../../onboard/try-model.ts")
  const work = () =>
    tryModel(answer, { composed: state.composed, env: settings.env, clock: systemClock })
  if (!ask) return work()
  const trial = await ask.busy(`Asking ${ref} for one word`, work)
  if (trial.ok) ask.good(`${ref} answers (${trial.ms} ms)`)
  else ask.warn([trial.fault.message, trial.fault.hint].filter(Boolean).join("\n"))
  return trial
}
