import type { Destination } from "../kernel/delivery.ts"
import type { Standing } from "../kernel/tool.ts"
import { notPermitted } from "./faults.ts"
import type { Network } from "./network.ts"

/**
 * Whether a turn may write to a conversation: the operator's own to any, everybody else's to the one
 * they speak in, and within its account to whom the operator has listed (threats N141).
 */
export const requireReach = (
  standing: Pick<Standing, "owner" | "place">,
  to: Destination & { account: string },
  { channel, settings }: Network,
  last: Destination | undefined,
) => {
  // Of a turn that came from a network, that is where it is, whoever else shares its session.
  const here = standing.place
    ? placeOf(standing.place)
    : last && { ...last, id: last.conversation.id }
  const isItsAccount = here?.channel === to.channel && here.account === to.account
  if (standing.owner || (isItsAccount && here.id === to.conversation.id)) return
  if (isItsAccount && isListed(to, { channel, settings })) return
  throw notPermitted({
    why: "This conversation may not write there.",
    hint: "Only its own conversation, and those the channel's config lists, can be written to from here.",
  })
}

const placeOf = ({ channel, account, group, sender }: NonNullable<Standing["place"]>) => ({
  channel,
  account,
  id: group ?? sender,
})

const isListed = (
  { conversation }: Destination,
  { channel, settings }: Pick<Network, "channel" | "settings">,
) => {
  if (conversation.kind === "direct")
    return settings.allowFrom.some((entry) => channel.normalize(entry) === conversation.id)
  return channel.room(settings, conversation).listed === "yes"
}
