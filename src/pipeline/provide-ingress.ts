import { Drops } from "../access/drops.ts"
import { Pairing } from "../access/pairing.ts"
import { ChatCommands } from "../agent/chat-commands.ts"
import { agents } from "../agents/config.ts"
import { messages } from "../agents/messages.ts"
import { Accounts } from "../channels/accounts.ts"
import { ChannelsSettings } from "../channels/config.ts"
import { Ingress } from "../channels/ingress.ts"
import { KnownChannels } from "../channels/known.ts"
import { defaultAccount } from "../channels/resolve.ts"
import { blockOf } from "../channels/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { createArrivals } from "../inbox/arrivals.ts"
import { createCollector } from "../inbox/collector.ts"
import type { Inbound } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { Counts } from "../kernel/metric.ts"
import type { Services } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Media } from "../media/service.ts"
import { bindings } from "../routing/config.ts"
import { route } from "../routing/route.ts"
import { session } from "../sessions/config.ts"
import { Directory } from "../sessions/directory.ts"
import { Store } from "../store/database.ts"
import { createDealer, stillHeard } from "./deal.ts"
import { createIngress } from "./ingress.ts"
import { rulesFrom } from "./rules.ts"

type Take = Parameters<typeof createDealer>[0]["take"]

/** How long a network may still send what it sent before. */
const memoryMs = 7 * 24 * 3_600_000

/** The way in from chat networks. `recover` takes up what a dead process had heard and not dealt with. */
export const provideIngress = (services: Services, take: Take) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("inbox")
  const stop = new AbortController()
  const arrivals = createArrivals(services.get(Store))
  const rules = rulesFrom({
    agents: () => services.get(agents),
    messages: () => services.get(messages),
    channels: () => services.get(ChannelsSettings),
    pairing: services.get(Pairing),
    accounts: () => services.get(Accounts),
    known: services.get(KnownChannels),
    env: services.get(Environment),
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
      paths: services.get(Paths),
      take,
      clock,
      signal: stop.signal,
    }),
    failed: (error, run) => log.error("what arrived could not be dealt with", { run, error }),
  })
  services.provide(
    Ingress,
    createIngress({
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
      events: services.get(SystemEvents),
      counts: () => (services.has(Counts) ? services.get(Counts) : undefined),
      clock,
    }),
  )
  const stopForgetting = clock.every(3_600_000, () => {
    arrivals
      .prune(clock.now() - memoryMs)
      .catch((error: unknown) => log.warn("old arrivals could not be forgotten", { error }))
  })
  return {
    recover: () => collector.recover(),
    /** People are judged again; what others handed in was judged when it came. */
    stillHeard: async (message: Inbound) =>
      message.sender.kind !== "person" || stillHeard(message, rules),
    async close() {
      stopForgetting()
      stop.abort()
      await collector.close()
    },
  }
}
