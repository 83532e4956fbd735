import type { Env } from "../config/paths.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { blockOf, type ChannelsConfig } from "./config.ts"
import { type ResolvedAccount, resolveAccounts } from "./resolve.ts"

/**
 * The accounts of a channel as a reading of the config has them, resolved once for each reading:
 * whatever is asked of every message, or of every tool, asks here.
 */
export const accountsOf = (
  channel: AnyChannel,
  config: ChannelsConfig,
  env: Env,
): readonly ResolvedAccount[] =>
  resolvedIn
    .getOrInsertComputed(config, () => new Map())
    .getOrInsertComputed(channel, () => resolveAccounts(channel, blockOf(config, channel.id), env))
const resolvedIn = new WeakMap<ChannelsConfig, Map<AnyChannel, readonly ResolvedAccount[]>>()

export const accountOf = (channel: AnyChannel, account: string, config: ChannelsConfig, env: Env) =>
  accountsOf(channel, config, env).find((one) => one.account === account)
