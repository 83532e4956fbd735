import type { Env } from "../config/paths.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { blockOf, type ChannelsConfig } from "./config.ts"
import { type ResolvedAccount, resolveAccounts } from "./resolve.ts"

/**
 * One account as a reading of the config has it, resolved once for each reading: whatever is asked
 * of every message, or of every tool, asks here.
 */
export const accountOf = (
  channel: AnyChannel,
  account: string,
  config: ChannelsConfig,
  env: Env,
): ResolvedAccount | undefined => {
  const known = resolvedIn.getOrInsertComputed(config, () => new Map())
  if (!known.has(channel))
    known.set(channel, resolveAccounts(channel, blockOf(config, channel.id), env))
  return known.get(channel)!.find((one) => one.account === account)
}
const resolvedIn = new WeakMap<ChannelsConfig, Map<AnyChannel, readonly ResolvedAccount[]>>()
