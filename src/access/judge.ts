import type { AccountSettings, GroupPolicy } from "../channels/account.ts"
import { fault } from "../kernel/fault.ts"
import type { Inbound } from "../kernel/channel.ts"
import type { AnyChannel, Arrival, Person, RoomRules } from "../kernel/network.ts"
import { hasRole, isSame, isWithSelf, namedBy } from "./senders.ts"
import { dropped, type Verdict } from "./verdict.ts"

export const refused = fault<{ channel: string; reason: string }>("access.refused", {
  status: 403,
  message: ({ channel, reason }) => `This sender may not be heard on ${channel}: ${reason}.`,
  hint: () => "People on chat networks are heard through their channel, never by the side of it.",
})

/**
 * May this sender hand a message in directly? An operator was let in by the gateway with the scope to
 * write; another session was let in by the policy of the tool it used. People come by the way in of
 * their network, where they are judged.
 */
export const mayHandIn = ({ sender }: Inbound) => sender.kind !== "person"

/** All that is judged by. */
export interface Circumstances {
  channel: AnyChannel
  account: string
  settings: AccountSettings & Record<string, unknown>
  /** Who the account is on its network, once that is known. */
  self?: Person
  /** Somebody let this sender in, for private chats with this account. */
  paired: boolean
  /** `channels.defaults.groupPolicy` */
  groupPolicy: GroupPolicy
}

/**
 * May this sender be heard here? The one rule for every kind of event: who may not write may neither
 * press, react nor use a command. Denied unless a rule allows it.
 */
export const judge = (
  { conversation, sender, deed }: Arrival,
  circumstances: Circumstances,
): Verdict => {
  const { channel, settings, self } = circumstances
  const at = `channels.${channel.id}`
  if (conversation.kind === undefined) return dropped("no-chat-kind")
  const isOwn = self !== undefined && isSame(self, sender, channel)
  // What the owner of an account writes to themselves is meant for it; the rest is its own doing.
  const isNote = isOwn && isWithSelf(self, conversation, channel)
  if (isOwn && !isNote) return dropped("own-message")
  if (!settings.enabled) return dropped("account-disabled", `${at}.enabled`, false)
  const room =
    conversation.kind === "direct"
      ? undefined
      : (channel.room(settings, conversation) as RoomRules | undefined)
  const bots = room?.allowBots ?? settings.allowBots
  const isNamed = deed.kind === "message" && deed.mentions?.bot === true
  if (sender.bot && !(bots === true || (bots === "mentions" && isNamed)))
    return dropped("bot", `${at}.allowBots`, bots)
  if (room) return inRoom(sender, room, circumstances)
  return inPrivate(sender, { ...circumstances, paired: circumstances.paired || isNote })
}

const inPrivate = (sender: Person, { channel, settings, paired }: Circumstances): Verdict => {
  const { dmPolicy, allowFrom } = settings
  const at = `channels.${channel.id}`
  if (dmPolicy === "disabled") return dropped("dm-disabled", `${at}.dmPolicy`, dmPolicy)
  const named = namedBy(allowFrom, sender, channel)
  if (named === "id" || paired) return { kind: "heard", listed: true }
  if (named === "everybody") return { kind: "heard", listed: false }
  if (dmPolicy === "pairing") return { kind: "unpaired" }
  return dropped("dm-not-listed", `${at}.allowFrom`, `${allowFrom.length} entries`)
}

/** A pairing counts in private chats alone, so rooms do not look at it. */
const inRoom = (sender: Person, room: RoomRules, circumstances: Circumstances): Verdict => {
  const { channel, settings } = circumstances
  const at = `channels.${channel.id}`
  const policy = room.groupPolicy ?? settings.groupPolicy ?? circumstances.groupPolicy
  if (policy === "disabled") return dropped("groups-disabled", `${at}.groupPolicy`, policy)
  if (room.listed === "no") return dropped("room-not-listed", `${at}.groupPolicy`, policy)
  if (!room.enabled) return dropped("room-disabled")
  const list = room.senders ?? settings.groupAllowFrom ?? settings.allowFrom
  const named = hasRole(room.roles, sender) ? "id" : namedBy(list, sender, channel)
  // A room's own list counts even where its account is open, unless the room itself is.
  const isOpen = policy === "open" && (room.senders === undefined || room.groupPolicy === "open")
  if (!named && !isOpen) {
    const setting = room.senders
      ? undefined
      : settings.groupAllowFrom
        ? "groupAllowFrom"
        : "allowFrom"
    return dropped(
      "sender-not-listed",
      setting && `${at}.${setting}`,
      `${list.length} entries, groupPolicy ${policy}`,
    )
  }
  return { kind: "heard", listed: named === "id", room }
}
