import type { Deliveries } from "../kernel/delivery.ts"
import { badTarget, noAccount, noChannel, noTarget, unknownChannel } from "./faults.ts"
import type { Networks } from "./network.ts"

/** Reads a target as people write it. Throws `outbox.*` when it is none. */
export const readTarget =
  (networks: Networks): Deliveries["target"] =>
  (name, text, account) => {
    const channel = networks.channel(name)
    if (!channel) throw unknownChannel({ channel: name, known: networks.configured() })
    const network = networks.find(channel.id, account)
    if (!network) throw noAccount({ channel: channel.id, account })
    const written = text.trim() || network.settings.defaultTo
    if (!written) throw noTarget(undefined)
    const own = written.replace(new RegExp(`^${RegExp.escape(channel.id)}:`, "i"), "")
    const found = channel.target(own)
    if ("problem" in found)
      throw badTarget({ channel: channel.label, target: written, why: found.problem })
    const { id, kind, thread } = found
    return {
      channel: channel.id,
      account: network.account,
      conversation: { id, ...(kind && { kind }), ...(thread && { thread }) },
    }
  }

/** The network that is meant: the one that is named, also before the target, or the only one there is. */
export const readChannel = (
  networks: Networks,
  name: string | undefined,
  target?: string,
): string => {
  if (name) return name
  const channels = networks.configured()
  const before = target?.slice(0, target.indexOf(":")).trim().toLowerCase()
  if (before && channels.includes(before)) return before
  if (channels.length !== 1) throw noChannel({ channels })
  return channels[0]!
}
