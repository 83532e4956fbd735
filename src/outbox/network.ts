import type { AccountSettings } from "../channels/account.ts"
import { accountsOf } from "../channels/account-of.ts"
import type { ChannelsConfig } from "../channels/config.ts"
import type { KnownChannels } from "../channels/known.ts"
import type { Env } from "../config/paths.ts"
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
  const of = (channel: AnyChannel) => accountsOf(channel, config(), env)
  return {
    channel: known.find,
    find(name, account) {
      const channel = known.find(name)
      const found =
        channel && of(channel).find((one) => (account ? one.account === account : one.isDefault))
      return found && { channel, account: found.account, settings: found.settings }
    },
    configured: () =>
      known
        .all()
        .filter((channel) => of(channel).length > 0)
        .map(({ id }) => id),
  }
}
