import { accountsForms } from "./legacy-accounts.ts"
import { agentForms } from "./legacy-agent.ts"
import { move, type OldForm, type Step } from "./legacy-move.ts"
import { isTree, type Path, valueAt } from "./path.ts"

const renamed = (from: Path, to: Path): OldForm => ({
  name: from.join("."),
  steps(config) {
    const value = valueAt(config, from)
    return value === undefined ? [] : [move(config, from, [{ path: to, value }])]
  },
})

const mentionChannels = ["whatsapp", "telegram", "imessage"]

/** One rule for every network became one for each: those in use, or all where none is yet. */
const requireMention: OldForm = {
  name: "routing.groupChat.requireMention",
  steps(config) {
    const from = ["routing", "groupChat", "requireMention"]
    const value = valueAt(config, from)
    if (value === undefined) return []
    const inUse = mentionChannels.filter((name) => isTree(valueAt(config, ["channels", name])))
    const names = inUse.length ? inUse : mentionChannels
    return [
      move(
        config,
        from,
        names.map((name) => ({ path: ["channels", name, "groups", "*", "requireMention"], value })),
      ),
    ]
  },
}

/** A program and its arguments in one list became a model among others. */
const transcribeAudio: OldForm = {
  name: "routing.transcribeAudio",
  steps(config) {
    const from = ["routing", "transcribeAudio"]
    const old = valueAt(config, from)
    if (old === undefined) return []
    const path = ["tools", "media", "audio", "models"]
    if (!isTree(old) || !Array.isArray(old.command))
      return [move(config, from, [{ path, value: old }])]
    const { command, ...rest } = old
    const [program, ...args] = command as unknown[]
    const model = { type: "cli", command: program, ...(args.length && { args }), ...rest }
    return [move(config, from, [{ path, value: [model] }])]
  },
}

const accountID: OldForm = {
  name: "bindings[].match.accountID",
  steps: ({ bindings }) =>
    listOf(bindings).flatMap((binding, index): Step[] => {
      const value = valueAt(binding, ["match", "accountID"])
      if (value === undefined) return []
      const match = ["bindings", index, "match"]
      return [
        move({ bindings }, [...match, "accountID"], [{ path: [...match, "accountId"], value }]),
      ]
    }),
}

/** `{ emoji, direct, group }` became the emoji and where it is shown. */
const ackReaction: OldForm = {
  name: "messages.ackReaction",
  steps(config) {
    const path = ["messages", "ackReaction"]
    const old = valueAt(config, path)
    if (!isTree(old)) return []
    const scope = ackScope(old.direct !== false, old.group ?? "mentions")
    const emoji = scope ? (old.emoji ?? undefined) : ""
    const edits = [
      emoji === undefined ? { path } : { path, value: emoji },
      ...(scope && valueAt(config, ["messages", "ackReactionScope"]) === undefined
        ? [{ path: ["messages", "ackReactionScope"], value: scope }]
        : []),
    ]
    return [{ from: "messages.ackReaction", to: "an emoji and messages.ackReactionScope", edits }]
  },
}

const ackScope = (direct: boolean, group: unknown) => {
  if (group === "always") return direct ? "all" : "group-all"
  if (group === "mentions") return "group-mentions"
  return direct ? "direct" : undefined
}

/** A pause alone meant no daily reset; beside other words on resets it is one more term. */
const idleMinutes: OldForm = {
  name: "session.idleMinutes",
  steps(config) {
    const from = ["session", "idleMinutes"]
    const value = valueAt(config, from)
    if (value === undefined) return []
    const reset = ["session", "reset"]
    const mode = { path: [...reset, "mode"], value: "idle" }
    const isAlone = valueAt(config, reset) === undefined
    const to = [{ path: [...reset, "idleMinutes"], value }, ...(isAlone ? [mode] : [])]
    return [move(config, from, to)]
  },
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** In the order they are applied: what a later form reads, an earlier one may have moved there. */
export const oldForms: readonly OldForm[] = [
  renamed(["gateway", "token"], ["gateway", "auth", "token"]),
  renamed(["routing", "allowFrom"], ["channels", "whatsapp", "allowFrom"]),
  requireMention,
  renamed(["routing", "groupChat", "historyLimit"], ["messages", "groupChat", "historyLimit"]),
  renamed(
    ["routing", "groupChat", "mentionPatterns"],
    ["messages", "groupChat", "mentionPatterns"],
  ),
  renamed(["routing", "queue"], ["messages", "queue"]),
  renamed(["routing", "bindings"], ["bindings"]),
  renamed(["routing", "agentToAgent"], ["tools", "agentToAgent"]),
  transcribeAudio,
  accountID,
  ...agentForms,
  renamed(
    ["browser", "ssrfPolicy", "allowPrivateNetwork"],
    ["browser", "ssrfPolicy", "dangerouslyAllowPrivateNetwork"],
  ),
  ...accountsForms,
  ackReaction,
  idleMinutes,
]
