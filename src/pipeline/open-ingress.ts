import { Drops } from "../access/drops.ts"
import { Pairing } from "../access/pairing.ts"
import { ChatCommands } from "../agent/chat-commands.ts"
import { agents } from "../agents/config.ts"
import { messages } from "../agents/messages.ts"
import { Accounts } from "../channels/accounts.ts"
import { blockOf, ChannelsSettings } from "../channels/config.ts"
import { KnownChannels } from "../channels/known.ts"
import { defaultAccount } from "../channels/resolve.ts"
import { Environment, Paths } from "../config/paths.ts"
import type { Arrivals } from "../inbox/arrivals.ts"
import { createCollector } from "../inbox/collector.ts"
import type { Inbound } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { tellHooks } from "../kernel/hook-event.ts"
import { Log } from "../kernel/log.ts"
import { Counts } from "../kernel/metric.ts"
import type { Services } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Media } from "../media/service.ts"
import { Transcriber } from "../media/transcriber.ts"
import { bindings } from "../routing/config.ts"
import { route } from "../routing/route.ts"
import { session } from "../sessions/config.ts"
import { Directory } from "../sessions/directory.ts"
import { createDealer, stillHeard } from "./deal.ts"
import { createIngress } from "./ingress.ts"
import { rulesFrom } from "./rules.ts"

export type Take = Parameters<typeof createDealer>[0]["take"]

export const openIngress = (services: Services, arrivals: Arrivals, take: Take) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("inbox")
  const stop = new AbortController()
  const rules = rulesFrom({
    agents: () => services.get(agents),
    messages: () => services.get(messages),
    channels: () => services.get(ChannelsSettings),
    pairing: services.get(Pairing),
    accounts: () => services.get(Accounts),
    known: services.get(KnownChannels),
    env: services.get(Environment),
    clock,
  })
  const drops = services.get(Drops)
  const directory = services.get(Directory)
  const collector = createCollector({
    arrivals,
    clock,
    waitMs(channel) {
      const { byChannel, debounceMs } = rules.messages().inbound
      return byChannel[channel] ?? debounceMs
    },
    deal: createDealer({
      rules,
      drops,
      arrivals,
      directory,
      media: services.get(Media),
      transcriber: services.get(Transcriber),
      paths: services.get(Paths),
      take,
      tellHooks: tellHooks(services),
      clock,
      signal: stop.signal,
    }),
    failed: (error, run) => log.error("what arrived could not be dealt with", { run, error }),
  })
  const ingress = createIngress({
    rules,
    pairing: services.get(Pairing),
    drops,
    route: ({ channel, account }, { conversation, sender }, topicAgent) =>
      route(
        {
          channel: channel.id,
          account,
          isDefault: defaultAccount(blockOf(rules.channels(), channel.id)) === account,
          conversation,
          sender,
        },
        {
          bindings: services.get(bindings),
          agents: rules.agents(),
          session: services.get(session),
          topicAgent,
        },
      ),
    commands: services.get(ChatCommands),
    directory,
    arrivals,
    collector,
    hears: () => services.get(Transcriber).ready,
    events: services.get(SystemEvents),
    counts: () => (services.has(Counts) ? services.get(Counts) : undefined),
    clock,
  })
  return {
    ...ingress,
    recover: () => collector.recover(),
    stillHeard: (message: Inbound) => stillHeard(message, rules),
    async close() {
      stop.abort()
      await collector.close()
    },
  }
}
