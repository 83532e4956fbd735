import { notSent } from "../../kernel/network.ts"
import { actions, member, message, place } from "./actions.ts"
import type { SlackApi } from "./api.ts"
import { roomOf } from "./destination.ts"
import type { SlackDirectory } from "./directory.ts"
import { attempt, SlackRefusal, unless } from "./failures.ts"
import { normalize, target } from "./places.ts"

interface Outward {
  api: SlackApi
  reads: SlackApi
  directory: SlackDirectory
}

interface Pinned {
  message?: { ts: string; user?: string; text?: string }
  created?: number
}

/** Does one. The arguments were checked against the declaration. */
export const createActor = ({ api, reads, directory }: Outward) => {
  const roomFor = async (text: string) => {
    const found = target(text)
    if ("problem" in found) throw notSent({ why: "refused", text: found.problem })
    return await roomOf(directory, found)
  }
  const at = async (args: unknown) => {
    const { to, messageId: timestamp } = message().parse(args)
    return { channel: await roomFor(to), timestamp }
  }

  const acts: Record<keyof typeof actions, (args: unknown) => Promise<unknown>> = {
    async pin(args) {
      await api.call("pins.add", await at(args)).catch(unless("already_pinned"))
      return {}
    },
    async unpin(args) {
      await api.call("pins.remove", await at(args)).catch(unless("no_pin"))
      return {}
    },
    async "list-pins"(args) {
      const channel = await roomFor(place().parse(args).to)
      const { items } = await reads.call<{ items: Pinned[] }>("pins.list", { channel })
      return {
        pins: items.flatMap(({ message, created }) =>
          message
            ? [{ messageId: message.ts, userId: message.user, text: message.text, pinned: created }]
            : [],
        ),
      }
    },
    async reactions(args) {
      const { message } = await reads.call<{
        message: { reactions?: { name: string; users: string[] }[] }
      }>("reactions.get", { ...(await at(args)), full: true })
      return { reactions: message.reactions ?? [] }
    },
    async "member-info"(args) {
      const user = normalize(member().parse(args).userId)
      if (!user) throw new SlackRefusal("users.info", "user_not_found")
      const answer = await reads.call<{ user: Record<string, unknown> }>("users.info", { user })
      return { member: answer.user }
    },
    async "emoji-list"() {
      const { emoji } = await reads.call<{ emoji: Record<string, string> }>("emoji.list")
      return { emoji: Object.keys(emoji).sort() }
    },
  }

  return async (action: string, args: Record<string, unknown>) => {
    if (!isAction(action))
      throw notSent({ why: "refused", text: `Slack has no action "${action}".` })
    return await attempt(() => acts[action](args))
  }
}

const isAction = (name: string): name is keyof typeof actions => Object.hasOwn(actions, name)
