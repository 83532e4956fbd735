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
  if (standing.owner || isWithin(standing, to, last)) return
  const sameAccount = [standing.place, last].some(
    (place) => place?.channel === to.channel && place.account === to.account,
  )
  if (sameAccount && isListed(to, { channel, settings })) return
  throw notPermitted({
    why: "This conversation may not write there.",
    hint: "Only its own conversation, and those the channel's config lists, can be written to from here.",
  })
}

const isWithin = (
  { place }: Pick<Standing, "place">,
  { channel, account, conversation }: Destination,
  last: Destination | undefined,
) => {
  const here = place && {
    channel: place.channel,
    account: place.account,
    id: place.group ?? place.sender,
  }
  const spokenTo = last && { ...last, id: last.conversation.id }
  return [here, spokenTo].some(
    (one) => one?.channel === channel && one.account === account && one.id === conversation.id,
  )
}

const isListed = (
  { conversation }: Destination,
  { channel, settings }: Pick<Network, "channel" | "settings">,
) => {
  if (conversation.kind === "direct")
    return settings.allowFrom.some((entry) => channel.normalize(entry) === conversation.id)
  return channel.room(settings, conversation).listed === "yes"
}
