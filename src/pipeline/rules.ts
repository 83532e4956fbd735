import type { Circumstances } from "../access/judge.ts"
import type { Pairing } from "../access/pairing.ts"
import type { AgentsConfig } from "../agents/config.ts"
import type { MessagesConfig } from "../agents/messages.ts"
import { type Accounts, isLive } from "../channels/accounts.ts"
import type { ChannelsConfig } from "../channels/config.ts"
import type { Source } from "../channels/ingress.ts"
import type { KnownChannels } from "../channels/known.ts"
import { accountOf } from "../channels/account-of.ts"
import type { Env } from "../config/paths.ts"
import { type Clock, pause } from "../kernel/clock.ts"
import type { Connection, Person } from "../kernel/network.ts"

/** All that decides over what arrives, as things are now. */
export interface Rules {
  agents(): AgentsConfig
  messages(): MessagesConfig
  channels(): ChannelsConfig
  /** An account with its settings; undefined when there is no such account any more. */
  source(channel: string, account: string): Source | undefined
  circumstances(source: Source, sender: Person): Promise<Circumstances>
  /** The account's connection, where it has one. */
  connection(channel: string, account: string): Connection | undefined
  /** The same, once it has one again; undefined when that takes too long. */
  connected(channel: string, account: string, signal: AbortSignal): Promise<Connection | undefined>
}

/** After a start, files wait so long for the account they came by. */
const connectsWithinMs = 30_000

export const rulesFrom = ({
  agents,
  messages,
  channels,
  pairing,
  accounts,
  known,
  env,
  clock,
}: Pick<Rules, "agents" | "messages" | "channels"> & {
  pairing: Pick<Pairing, "has">
  accounts: () => Accounts
  known: KnownChannels
  env: Env
  clock: Clock
}): Rules => {
  const connection = (channel: string, account: string) => {
    const found = accounts().connection(channel, account)
    return isLive(found) ? found.connection : undefined
  }
  return {
    agents,
    messages,
    channels,
    connection,
    async connected(channel, account, signal) {
      const now = connection(channel, account)
      if (now) return now
      const soon = Promise.withResolvers<void>()
      const stop = accounts().onConnected((...of) => {
        if (of[0] === channel && of[1] === account) soon.resolve()
      })
      await Promise.race([soon.promise, pause(clock, connectsWithinMs, signal)]).finally(stop)
      return connection(channel, account)
    },
    source(id, account) {
      const channel = known.find(id)
      const settings = channel && accountOf(channel, account, channels(), env)?.settings
      return channel && settings && { channel, account, config: settings }
    },
    async circumstances({ channel, account, config }, { ids }) {
      const self = connection(channel.id, account)?.self
      return {
        channel,
        account,
        settings: config,
        ...(self && { self }),
        paired: await pairing.has(channel.id, account, ids),
        groupPolicy: channels().defaults.groupPolicy,
      }
    },
  }
}
