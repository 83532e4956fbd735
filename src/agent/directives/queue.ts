import { messages } from "../../agents/messages.ts"
import { type QueueMode, queueModes } from "../../kernel/channel.ts"
import { command } from "../../kernel/command.ts"
import { Directory } from "../../sessions/directory.ts"
import type { SessionOverrides } from "../../sessions/overrides.ts"
import { badQueueWish } from "../faults.ts"
import { queueSettings } from "../queue/settings.ts"
import { isBack } from "./levels.ts"

type Wish = NonNullable<SessionOverrides["queue"]>

/** Names that older chats use. */
const older: Readonly<Record<string, QueueMode>> = {
  "steer+backlog": "steer-backlog",
  queue: "steer",
}
const forms = `${queueModes.join("|")} debounce:2s cap:25 drop:summarize|old|new`
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }
const mostDebounceMs = 600_000

const modeOf = (typed: string): QueueMode | undefined => {
  const word = typed.toLowerCase()
  return Object.hasOwn(older, word) ? older[word] : queueModes.find((mode) => mode === word)
}

const wishOf = (typed: string): Wish => {
  const word = typed.toLowerCase()
  const mode = modeOf(word)
  if (mode) return { mode }
  const [, name, value = ""] = /^(debounce|cap|drop)[:=](.+)$/.exec(word) ?? []
  const [, amount, unit = "ms"] = /^(\d{1,6}(?:\.\d)?)(ms|s|m)?$/.exec(value) ?? []
  if (name === "debounce" && amount) {
    const debounceMs = Math.round(Number(amount) * units[unit]!)
    if (debounceMs <= mostDebounceMs) return { debounceMs }
  }
  const cap = Number(value)
  if (name === "cap" && Number.isInteger(cap) && cap >= 1 && cap <= 1000) return { cap }
  if (name === "drop" && (value === "summarize" || value === "old" || value === "new"))
    return { drop: value }
  throw badQueueWish({ word: typed, forms })
}

export const queue = command({
  name: "queue",
  description: "What becomes of messages that come in while a turn is under way.",
  group: "chat",
  usage: `[${forms} | default]`,
  choices: [...queueModes, "default"],
  authority: "owner",
  needs: { directory: Directory, messages },
  inline([word = "", next = ""]) {
    const mode = modeOf(word)
    // One message has no use for the rest: that is for the session.
    if (!mode || /^(debounce|cap|drop)[:=]/i.test(next)) return undefined
    return { options: { queue: mode }, words: 1 }
  },
  async run(args, { directory, messages, sessionKey, agentId, channel }) {
    const { key, overrides } = await directory.open(directory.key(sessionKey).key, agentId)
    const shown = (own: Wish | undefined) => {
      const { mode, debounceMs, cap, drop } = queueSettings({ channel }, own, messages)
      return `${mode} debounce:${debounceMs}ms cap:${cap} drop:${drop}`
    }
    if (!args) return { say: `Queue: ${shown(overrides.queue)}. It takes ${forms}.` }
    if (isBack(args.toLowerCase())) {
      await directory.patch(key, { overrides: { queue: null } })
      return { say: `The queue is back to what the config says: ${shown(undefined)}.` }
    }
    const wishes: Wish = Object.assign({}, ...args.split(/\s+/).map(wishOf))
    const queue = { ...overrides.queue, ...wishes }
    await directory.patch(key, { overrides: { queue } })
    return { say: `Queue here from now on: ${shown(queue)}.` }
  },
})
