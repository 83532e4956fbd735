import type { Inbound } from "../kernel/channel.ts"
import type { Standing, Surface } from "../kernel/tool.ts"

/** True for the session of a subagent. */
export const isSubagent = (sessionKey: string) => sessionKey.includes(":subagent:")
export const isCron = (sessionKey: string) => /(^|:)cron:/.test(sessionKey)

/** May this sender do what only the operator may? */
export const isOwner = ({ sender }: Pick<Inbound, "sender">): boolean => {
  switch (sender.kind) {
    case "operator":
      return sender.admin
    case "agent":
    case "clock":
      return sender.owner
    case "person":
    case "hook":
    case "node":
      return false
  }
}

const surfaceOf = ({ sender, surface }: Inbound, sessionKey: string): Surface => {
  if (isSubagent(sessionKey)) return "subagent"
  return surface ?? (sender.kind === "person" ? "channel" : "chat")
}

/** What the tool policy knows of a turn, from who sent its message and the session it is in. */
export const standingOf = (
  message: Inbound,
  { sessionKey, agentId }: { sessionKey: string; agentId: string },
): Standing => {
  const { sender, channel, account, chat, options, network } = message
  const isRoom = network
    ? network.conversation.kind !== "direct"
    : sender.kind === "person" && chat !== sender.id
  const place = sender.kind === "person" && {
    channel,
    account,
    sender: sender.id,
    ...(isRoom && { group: chat }),
    ...(network && { conversation: network.conversation, ids: sender.ids }),
  }
  return {
    agentId,
    sessionKey,
    owner: isOwner(message),
    surface: surfaceOf(message, sessionKey),
    ...(options?.tools && { only: options.tools }),
    ...(place && { place }),
  }
}
