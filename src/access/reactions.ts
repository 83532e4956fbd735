import type { Arrival } from "../kernel/network.ts"
import { namedBy } from "./senders.ts"
import { type Circumstances } from "./judge.ts"
import { dropped, type Reason } from "./verdict.ts"

/** Why a reaction is not told of; undefined when it is. */
export const unwanted = (
  { sender, deed }: Arrival,
  { channel, settings }: Circumstances,
  rule = settings.reactionNotifications,
): Reason | undefined => {
  if (deed.kind !== "reaction") return undefined
  const isWanted =
    rule === "all" ||
    (rule === "own" && deed.own) ||
    (rule === "allowlist" && namedBy(settings.reactionAllowlist, sender, channel) === "id")
  if (isWanted) return undefined
  return dropped("reaction-unwanted", `channels.${channel.id}.reactionNotifications`, rule).reason
}
