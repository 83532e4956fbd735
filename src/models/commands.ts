/** Words in a chat about which model answers. */
import { agents } from "../agents/config.ts"
import { command } from "../kernel/command.ts"
import { Fault } from "../kernel/fault.ts"
import { Directory } from "../sessions/directory.ts"
import type { Session } from "../sessions/session.ts"
import { assignmentsOf } from "./assignments.ts"
import { unknownProfile } from "./auth/faults.ts"
import type { Way } from "./auth/ways.ts"
import { noSuchChoice, unknownProvider } from "./faults.ts"
import { formatRef, providerId } from "./ref.ts"
import { type ModelEntry, Models } from "./service.ts"
import { levelWords } from "./thinking.ts"

/** As many as a person reads in a chat. */
const shownChoices = 25

export const model = command({
  name: "model",
  description: "Show the models to choose from, or choose one for this session.",
  usage: "<#|model>[@profile] | list | status | default",
  choices: ["list", "status", "default"],
  group: "model",
  authority: "owner",
  needs: { models: Models, directory: Directory, agents },
  inline([word], { models }) {
    const model = word && named(word, models)
    return model ? { options: { model }, words: 1 } : undefined
  },
  async run(args, { models, directory, agents, sessionKey, agentId }) {
    const session = await directory.open(directory.key(sessionKey).key, agentId)
    const { overrides } = session
    const current = () => overrides.model ?? models.choose({ agentId }).refs[0]!
    const word = args.toLowerCase()
    if (!args || word === "list")
      return { say: picker(models, { current: current(), aliases: models.aliases() }) }
    if (word === "status") {
      const assigned = assignmentsOf(agents, models, agentId)
      return { say: await standing(models, session, current(), assigned) }
    }
    if (word === "default") {
      await directory.patch(session.key, { overrides: { model: null, authProfile: null } })
      return { say: `From the next message on ${models.choose({ agentId }).refs[0]} answers here.` }
    }
    const { name, profile } = pinned(args)
    const ref = numbered(name, models) ?? models.match(name)
    const way =
      profile === undefined ? undefined : picked(profile, models.ways(ref, { agentId, profile }))
    const { thinking, ...opened } = await models.open(ref, { agentId, way })
    await directory.patch(session.key, {
      overrides: {
        model: ref,
        authProfile: profile === undefined ? null : { id: profile, source: "user" },
        // What the session wants and this model lacks would only be in the way.
        ...(overrides.thinking &&
          !thinking?.levels.includes(overrides.thinking) && { thinking: null }),
      },
    })
    const chosen = formatRef(opened)
    const by = profile === undefined ? "" : `, signed in by ${profile}`
    return { say: `From the next message on ${chosen} answers here${by}.` }
  },
})

export const list = command({
  name: "models",
  description: "List the models that can answer.",
  usage: "[provider]",
  group: "model",
  authority: "anyone",
  needs: { models: Models },
  run(args, { models }) {
    models.keepFresh()
    if (!args) return { say: byProvider(models.choices()) }
    const id = providerId(args)
    const found = models.choices().filter(({ provider }) => provider === id)
    if (!found.length) throw unknownProvider({ provider: args })
    return { say: `${id}:\n${found.slice(0, 50).map(line).join("\n")}${more(found, 50)}` }
  },
})

/** The model that has exactly this name; a few letters of one may just as well be what somebody says. */
const named = (word: string, models: Models) => {
  try {
    return models.check(word)
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

const refOf = ({ provider, id }: ModelEntry) => formatRef({ provider, model: id })
const line = (entry: ModelEntry) => `- \`${refOf(entry)}\``
const more = (found: readonly unknown[], shown: number) =>
  found.length > shown ? `\n… and ${found.length - shown} more.` : ""

const byProvider = (choices: readonly ModelEntry[]) => {
  const counts = Map.groupBy(choices, ({ provider }) => provider)
  const lines = [...counts].map(
    ([provider, entries]) =>
      `- ${provider}: ${entries.length} ${entries.length === 1 ? "model" : "models"}`,
  )
  return `${lines.join("\n")}\nSee those of one with \`/models <provider>\`, choose with \`/model <name>\`.`
}

const picker = (
  models: Models,
  { current, aliases }: { current: string; aliases: ReadonlyMap<string, string> },
) => {
  const choices = models.choices()
  const lines = choices.slice(0, shownChoices).map((entry, at) => {
    const ref = refOf(entry)
    const alias = [...aliases].find(([, target]) => target === ref)?.[0]
    const notes = [
      ...(alias ? [alias] : []),
      ...(ref === current ? ["in use"] : []),
      ...(entry.available ? [] : ["not connected"]),
    ]
    return `${at + 1}. \`${ref}\`${notes.length ? ` (${notes.join(", ")})` : ""}`
  })
  return `${lines.join("\n")}${more(choices, shownChoices)}\nChoose with \`/model <number>\` or \`/model <name>\`; \`/model default\` goes back.`
}

/** The list a number counts in is the one `/model` shows. */
const numbered = (typed: string, models: Models): string | undefined => {
  const [, digits] = /^#?(\d{1,4})$/.exec(typed) ?? []
  if (digits === undefined) return undefined
  const choices = models.choices()
  const entry = choices[Number(digits) - 1]
  if (!entry) throw noSuchChoice({ number: Number(digits), last: choices.length })
  return refOf(entry)
}

/** `sonnet@anthropic:work`: profile ids hold a colon, which model names after an `@` do not. */
const pinned = (typed: string): { name: string; profile?: string } => {
  const at = typed.search(/@[^@:/\s]+:/)
  if (at <= 0) return { name: typed }
  return { name: typed.slice(0, at).trim(), profile: typed.slice(at + 1).trim() }
}

/** The profile by its name, if the model can be called by it. */
const picked = (profile: string, ways: readonly Way[]): Way => {
  const way = ways.find(({ id }) => id === profile)
  if (way) return way
  throw unknownProfile({ profile, known: ways.flatMap((one) => (one.profile ? [one.id] : [])) })
}

const standing = async (
  models: Models,
  { overrides }: Session,
  current: string,
  assigned: ReturnType<typeof assignmentsOf>,
) => {
  const opened = await models.open(current)
  const { contextWindow, input, provider } = opened
  const profile = overrides.authProfile?.id
  return [
    `- Model: \`${formatRef(opened)}\`${overrides.model ? " (chosen for this session)" : ""}`,
    `- Signed in by: ${profile ?? models.status().find((one) => one.provider === provider)?.detail}`,
    `- Context: ${contextWindow} tokens; reads ${(input ?? ["text"]).join(" and ")}`,
    `- Thinking: ${overrides.thinking ?? opened.thinking?.usual ?? "as the model likes"} (${levelWords(opened).join(", ")})`,
    ...assigned.slice(1).map(({ role, ref }) => `- ${role}: \`${ref}\``),
  ].join("\n")
}
