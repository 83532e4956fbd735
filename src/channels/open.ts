import { Environment } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { Clock } from "../kernel/clock.ts"
import { derived } from "../kernel/derived.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { ChannelsSettings } from "./config.ts"
import { configuredAccounts } from "./configured.ts"
import { channelsChanged, publicStatus } from "./events.ts"
import { Ingress, type Source } from "./ingress.ts"
import { KnownChannels } from "./known.ts"
import type { ChannelStore } from "./store.ts"
import { createSupervisor, type Supervisor } from "./supervise.ts"
import { surroundingsOf } from "./surroundings.ts"

/** The supervisor of this gateway's accounts, on what it stands on. */
export const openSupervisor = (
  services: Services,
  { store, connected }: { store: ChannelStore; connected(channel: string, account: string): void },
): Supervisor => {
  const log = services.get(Log).for("channels")
  const bus = services.get(Bus)
  return createSupervisor({
    configured: derived(
      () => [services.get(Settings).current(), services.get(KnownChannels).all()] as const,
      (_, channels) =>
        configuredAccounts(channels, services.get(ChannelsSettings), {
          env: services.get(Environment),
          log,
        }),
    ),
    surroundings: (of, signal) => surroundingsOf(of, signal, { services, store }),
    arrived: ({ channel, account, config }, arrival) =>
      services
        .get(Ingress)
        .arrived({ channel, account, config: config as Source["config"] }, arrival),
    connected,
    changed: (status) =>
      bus.emit(channelsChanged, { channel: status.channel, ...publicStatus(status) }),
    clock: services.get(Clock),
    log: services.get(Log),
  })
}
