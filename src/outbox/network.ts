import type { AccountSettings } from "../channels/account.ts"
import { blockOf, type ChannelsConfig } from "../channels/config.ts"
import type { KnownChannels } from "../channels/known.ts"
import { resolveAccounts, type ResolvedAccount } from "../channels/resolve.ts"
import type { Env } from "../config/paths.ts"
import { derived } from "../kernel/derived.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { service } from "../kernel/service.ts"

/** An account of a chat network as the config has it, connected or not. */
export interface Network {
  channel: AnyChannel
  account: string
  settings: AccountSettings & Record<string, unknown>
}

const usualMegabytes = 8

/** The largest file that may go out by an account. */
export const mediaBytes = ({ mediaMaxMb = usualMegabytes }: Pick<AccountSettings, "mediaMaxMb">) =>
  mediaMaxMb * 1_000_000

export interface Networks {
  /** Without an account: the channel's default one. Undefined when there is none such. */
  find(channel: string, account?: string): Network | undefined
  channel(name: string): AnyChannel | undefined
  /** Ids of the networks that have an account. */
  configured(): readonly string[]
}
export const Networks = service<Networks>("networks")

export const createNetworks = ({
  known,
  config,
  env,
}: {
  known: KnownChannels
  config: () => ChannelsConfig
  env: Env
}): Networks => {
  const accounts = derived(
    () => [known.all(), config()],
    (channels, config) =>
      new Map(
        channels.map((channel) => [
          channel.id,
          resolveAccounts(channel, blockOf(config, channel.id), env),
        ]),
      ),
  )
  const accountsOf = ({ id }: AnyChannel): readonly ResolvedAccount[] => accounts().get(id) ?? []
  return {
    channel: known.find,
    find(name, account) {
      const channel = known.find(name)
      const found =
        channel &&
        accountsOf(channel).find((one) => (account ? one.account === account : one.isDefault))
      return found && { channel, account: found.account, settings: found.settings }
    },
    configured: () =>
      known
        .all()
        .filter((channel) => accountsOf(channel).length > 0)
        .map(({ id }) => id),
  }
}
