import { loadavg } from "node:os"
import { Turns } from "../agent/turns.ts"
import { channelLines, channelsHealth } from "../channels/health.ts"
import { KnownChannels } from "../channels/known.ts"
import { ChannelControl } from "../channels/service.ts"
import { configChanged } from "../config/events.ts"
import { Paths } from "../config/paths.ts"
import { Reloader } from "../config/reloader.ts"
import { ownIdentity } from "../devices/identity.ts"
import { Devices } from "../devices/store.ts"
import { GatewayFacts } from "../doctor/facts.ts"
import { Doctor } from "../doctor/service.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import type { Services } from "../kernel/service.ts"
import { Logs } from "../logs/writer.ts"
import { guideProvider } from "../models/guide.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"
import { Health } from "./health.ts"
import { configFacts, createStatus, Identity, Status } from "./methods.ts"
import { PortFacts } from "./metrics.ts"
import { Exposure } from "./serve.ts"
import type { RestartStore } from "./store.ts"

/** Provides what a running gateway tells of itself: to people by `status`, to agents by a tool. */
export const provideFacts = async (
  services: Services,
  about: {
    version: string
    url: string
    startedAt: number
    connections: { size: number }
    restarts: RestartStore
  },
) => {
  const { version, url, startedAt } = about
  const clock = services.get(Clock)
  const models = services.get(Models)
  const uptimeMs = () => clock.now() - startedAt
  const model = () => ({
    default: models.defaultRef(),
    connected: models
      .status()
      .filter(({ provider, status }) => status === "ok" && provider !== guideProvider)
      .map(({ provider }) => provider),
  })
  const channels = services.get(ChannelControl)
  const known = services.get(KnownChannels)
  const connectedChannels = () => {
    const { channels: states, channelLabels } = channelsHealth(channels, known)
    return Object.entries(states).map(([id, { connected }]) => ({
      id,
      label: channelLabels[id]!,
      connected,
    }))
  }
  let configChanges = 0
  services.get(Bus).on((kind) => void (kind === configChanged && configChanges++))
  /** The restart that this run came of, if one did. */
  const restart = async () => {
    const last = await about.restarts.last()
    const isThis = last?.doneAt !== undefined && last.doneAt >= startedAt
    return isThis ? { reason: last.reason, at: last.doneAt! } : null
  }

  services.provide(
    Status,
    createStatus(
      clock,
      () => configChanges,
      async () => ({
        runtimeVersion: version,
        pid: process.pid,
        uptimeMs: uptimeMs(),
        url,
        model: model(),
        sessions: (await services.get(Health).snapshot()).sessions,
        connections: about.connections.size,
        turns: { active: services.get(Turns).active },
        channelSummary: channelLines(channels, known),
        queuedSystemEvents: [],
        config: configFacts(services.get(Reloader).state()),
        restart: await restart(),
        tailscale: services.get(Exposure).state(),
        processMemory: { rssBytes: process.memoryUsage.rss() },
        eventLoopLagMs: services.get(PortFacts).lagMs(),
        load: loadavg(),
      }),
    ),
  )
  services.provide(Identity, await ownIdentity(services.get(Devices)))
  services.provide(GatewayFacts, {
    read: async () => ({
      version,
      url,
      configPath: services.get(Paths).config,
      stateDir: services.get(Paths).state,
      logFile: services.get(Logs).current(),
      uptimeMs: uptimeMs(),
      model: model(),
      channels: connectedChannels(),
      sessions: { count: await services.get(Directory).count() },
      findings: (await services.get(Doctor).run()).findings,
    }),
  })
}
