import { Environment } from "../config/paths.ts"
import type { ToolLists } from "../agents/tools.ts"
import { ChannelsSettings } from "../channels/config.ts"
import { KnownChannels } from "../channels/known.ts"
import { accountOf } from "../channels/account-of.ts"
import type { AnyChannel, Person, RoomRules } from "../kernel/network.ts"
import type { Services } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"
import type { PlaceRules } from "../tools/standing.ts"
import { isTree } from "../config/path.ts"

/** The entry of `toolsBySender` that is a sender's (contract 10 §3.4); undefined where none is. */
export const senderRules = (
  rules: Pick<RoomRules, "toolsBySender"> | undefined,
  { ids }: Pick<Person, "ids">,
  channel: Pick<AnyChannel, "id" | "normalize">,
): string | undefined => {
  const bySender = rules?.toolsBySender
  if (!isTree(bySender)) return undefined
  const own = new Set(ids.map((id) => channel.normalize(id) ?? id))
  const isTheirs = (entry: string) => {
    // Names are nobody's to keep: `username:` and `name:` never match.
    const [, kind, id] = /^(id|channel|e164|username|name):(.+)$/i.exec(entry) ?? ["", "id", entry]
    if (/^(?:username|name)$/i.test(kind!)) return false
    const normal = channel.normalize(id!)
    return own.has(id!) || (normal !== undefined && own.has(normal))
  }
  return (
    Object.keys(bySender).find((entry) => entry !== "*" && isTheirs(entry)) ??
    (Object.hasOwn(bySender, "*") ? "*" : undefined)
  )
}

/** What tools a group and a sender leave: the sender's own list, else that of the room. */
export const createPlaceRules =
  (services: Services): PlaceRules =>
  ({ place }: Standing): ToolLists | undefined => {
    const { conversation, ids, account, sender } = place ?? {}
    if (!place || !conversation || conversation.kind === "direct") return undefined
    const channel = services.get(KnownChannels).find(place.channel)
    if (!channel) return undefined
    const config = services.get(ChannelsSettings)
    const found = account && accountOf(channel, account, config, services.get(Environment))
    if (!found) return undefined
    const rules = channel.room(found.settings, conversation) as RoomRules
    const [first = sender ?? "", ...others] = ids ?? []
    const entry = senderRules(rules, { ids: [first, ...others] }, channel)
    const lists =
      entry === undefined ? rules.tools : (rules.toolsBySender as Record<string, unknown>)[entry]
    return lists as ToolLists | undefined
  }
