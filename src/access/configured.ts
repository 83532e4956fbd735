import { accountsOf } from "../channels/account-of.ts"
import { blockOf, type ChannelsConfig, namedChannels } from "../channels/config.ts"
import type { KnownChannels } from "../channels/known.ts"
import type { ResolvedAccount } from "../channels/resolve.ts"
import type { Env } from "../config/paths.ts"
import type { AnyChannel } from "../kernel/network.ts"

export interface Configured extends ResolvedAccount {
  of: AnyChannel
  /** Where its settings stand, as far as a person has to look. */
  at: string
}

/** Every account that is on, with all it inherits. */
export const configuredAccounts = (
  config: ChannelsConfig,
  known: KnownChannels,
  env: Env,
): readonly Configured[] =>
  namedChannels(config).flatMap((id) => {
    const of = known.find(id)
    const block = of && blockOf(config, id)
    return of && block
      ? accountsOf(of, config, env)
          .filter(({ settings }) => settings.enabled)
          .map((account) => ({
            ...account,
            of,
            at: block.accounts?.[account.account]
              ? `channels.${id}.accounts.${account.account}`
              : `channels.${id}`,
          }))
      : []
  })
