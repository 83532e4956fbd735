import { release } from "node:os"
import { closeCodes } from "../client/wire.ts"
import { Approvers } from "../approvals/exec-gate.ts"
import { channelsHealth } from "../channels/health.ts"
import { KnownChannels } from "../channels/known.ts"
import { ChannelControl } from "../channels/service.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Reloader } from "../config/reloader.ts"
import { Pairing } from "../devices/pairing.ts"
import { SetupCodes } from "../devices/setup-codes.ts"
import { Reach } from "../devices/setup-url.ts"
import { DeviceSockets } from "../devices/sockets.ts"
import { Devices } from "../devices/store.ts"
import type { Tokens } from "../devices/tokens.ts"
import { Build } from "../kernel/build.ts"
import { Clock } from "../kernel/clock.ts"
import { derived } from "../kernel/derived.ts"
import { type AnyEvent, Bus, Subscriptions } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import { type AnyMetric, Counts } from "../kernel/metric.ts"
import type { AnyRoute } from "../kernel/route.ts"
import type { Services } from "../kernel/service.ts"
import { Audit } from "../security/trail.ts"
import { Nodes } from "../nodes/service.ts"
import { mainKey } from "../sessions/keys.ts"
import { Directory } from "../sessions/directory.ts"
import type { LiveAccess } from "./access.ts"
import { ownNames } from "./address.ts"
import { createAdmission } from "./admission.ts"
import { audited } from "./audit.ts"
import type { Certificate } from "./certificate.ts"
import type { GatewayConfig } from "./config.ts"
import { Connections } from "./connections.ts"
import { mayApprove } from "./client.ts"
import { deviceSockets } from "./device-sockets.ts"
import { createDispatch } from "./dispatch.ts"
import { presenceChanged, shutdown } from "./events.ts"
import { exposureProblem } from "./guards.ts"
import { createHandshake } from "./handshake.ts"
import { createHealth, Health } from "./health.ts"
import { createHello } from "./hello.ts"
import { createHttp } from "./http.ts"
import { createHttpAuth } from "./http-auth.ts"
import { createLimiter } from "./limiter.ts"
import { watchLag } from "./lag.ts"
import { MethodTable } from "./method-table.ts"
import { countTurns, PortFacts } from "./metrics.ts"
import { MetricsText } from "./metrics-route.ts"
import { mountPage } from "./page.ts"
import { paced } from "./paced.ts"
import { createPresence, Presence } from "./presence.ts"
import { createMetrics } from "./prometheus.ts"
import { Routes } from "./openapi-routes.ts"
import { hostRules } from "./origin.ts"
import { makeRounds } from "./rounds.ts"
import { mountRoutes } from "./routes.ts"
import { listen } from "./server.ts"
import { createSignIn, lookAtSecret } from "./sign-in.ts"
import { createSocketHandler } from "./socket.ts"
import { Exposure, keepServed } from "./serve.ts"
import { createWhois } from "./tailscale.ts"
import { tailscaleProgram } from "./tailscale-program.ts"
import { reachOf } from "./reach.ts"
import type { UiSessions } from "./ui-session.ts"
import { createDoor, type Visitor } from "./visitor.ts"

/** All that the port offers. */
export interface Surface {
  methods: MethodTable
  routes: readonly AnyRoute[]
  metrics: readonly AnyMetric[]
  events: readonly AnyEvent[]
}

export interface OpenOptions {
  surface: Surface
  hosts: string[]
  port: number
  /** The section as it is at each moment. */
  config: () => GatewayConfig
  access: LiveAccess
  agents: () => { ids: string[]; defaultId: string; heartbeatSeconds: number }
  tokens: Tokens
  /** The certificate of the moment, where there is to be TLS. */
  certificate?: () => Certificate
  /** Browsers that signed in to the Control UI. */
  uiSessions: UiSessions
  startedAt: number
}

/** Presence changes close together are told in one event: the more that takes, the rarer. */
const presenceBytesPerMs = 50_000
const presencePaceMs = 20
/** A loop this late is not ready for more. */
const tooLateMs = 1000

/** Opens the port: everything between a socket and a method's handler. */
export const openGateway = (services: Services, options: OpenOptions) => {
  const { surface, config, uiSessions, startedAt } = options
  const { version } = services.get(Build)
  const clock = services.get(Clock)
  const log = services.get(Log)
  const paths = services.get(Paths)
  const directory = services.get(Directory)
  const audit = services.get(Audit)
  let draining = false
  let restarting = false

  const stateVersion = () => ({ presence: presence.version, health: health.version })
  const connections = new Connections(stateVersion)
  const presence = createPresence({
    now: clock.now,
    self: {
      // Every reader sees this; the name of the machine is not theirs to know.
      host: "gateway",
      version,
      platform: `${process.platform} ${release()}`,
      mode: "gateway",
      reason: "self",
      text: `Gateway: fased ${version}`,
    },
    changed: paced(clock, () => {
      const bytes = connections.send(presenceChanged, { presence: presence.list() })
      return Math.max(presencePaceMs, bytes / presenceBytesPerMs)
    }),
  })
  const reloader = services.get(Reloader)
  const channels = services.get(ChannelControl)
  const health = createHealth({
    clock,
    directory,
    agents: options.agents,
    config: reloader.state,
    channels: () => channelsHealth(channels, services.get(KnownChannels)),
  })
  services.provide(Presence, presence)
  services.provide(Health, health)
  services.provide(Subscriptions, connections)
  services.provide(DeviceSockets, deviceSockets(connections))
  services.provide(Approvers, { present: () => connections.has(mayApprove) })
  services.get(Bus).on((kind, payload, topics) => connections.send(kind, payload as object, topics))

  const access = options.access.current
  options.access.onChange((isOver) => {
    const reason = "gateway auth changed"
    connections.closeWhere(({ credential }) => isOver(credential), closeCodes.policy, reason)
    connections.closeWaiting(closeCodes.policy, reason)
    const failed = (error: unknown) =>
      log.for("gateway").error("what the old secret opened could not be ended", { error })
    if (isOver({ kind: "ui-session" })) uiSessions.endAll().catch(failed)
    if (isOver({ kind: "shared" })) services.get(SetupCodes).endAll().catch(failed)
  })
  const limiter = createLimiter(clock, () => access().rateLimit)
  /** Its name in the local network, while it is advertised there. */
  let lanName = (): string | undefined => undefined
  /** The name under which Tailscale serves it, while it does. */
  let servedName: string | undefined
  const rules = derived(
    () => [config().controlUi, lanName(), servedName],
    (controlUi, lan, served) =>
      hostRules(controlUi, lan ? [...ownNames(), lan] : ownNames(), served),
  )
  const secure = options.certificate !== undefined
  let pagesBefore = rules().allowedOrigins
  const endPagesNoLongerAllowed = () => {
    const pages = rules().allowedOrigins
    const isOver = ({ origin }: Visitor) =>
      origin !== null && pagesBefore.has(origin) && !pages.has(origin)
    connections.closeWhere((_, data) => isOver(data), closeCodes.policy, "origin not allowed")
    connections.closeWaiting(closeCodes.policy, "origin not allowed", isOver)
    pagesBefore = pages
  }
  reloader.onApplied(endPagesNoLongerAllowed)
  const door = createDoor({ access, rules, uiSessions, secure })

  const whois = createWhois(services.get(Environment))
  const pagePath = () => {
    const { enabled, basePath } = config().controlUi
    return enabled ? basePath : undefined
  }
  const lag = watchLag(clock)
  services.provide(PortFacts, {
    version,
    startedAt,
    connections: () => connections.byRole(),
    lagMs: lag.worst,
  })
  const metrics = createMetrics(surface.metrics)
  services.provide(Counts, metrics.counts)
  services.provide(Routes, surface.routes)
  services.provide(MethodTable, surface.methods)
  services.provide(MetricsText, () => metrics.text(services))
  const stopCounting = countTurns(services)
  const identify = audited(createHttpAuth({ access, limiter }), audit)
  const app = derived(
    () => [pagePath()],
    (basePath) =>
      createHttp(
        {
          startedAt,
          clock,
          failing: () => [
            ...(draining ? ["draining"] : []),
            ...(lag.worst() > tooLateMs ? ["event loop"] : []),
            ...(channels.settled ? [] : ["channels"]),
          ],
          identify,
          transportSecurity: () => config().http.securityHeaders.strictTransportSecurity,
        },
        (app) => {
          mountRoutes(app, surface.routes, { services, identify, clock, log })
          if (basePath === undefined) return
          mountPage(app, basePath, {
            judge: (token, visitor) => lookAtSecret(limiter, access().auth, visitor, token),
            connections,
            uiSessions,
            door,
            whois,
            audit,
            clock,
            secure,
          })
        },
      ),
  )
  const socket = createSocketHandler({
    clock,
    log,
    audit,
    connections,
    presence,
    health,
    stateVersion,
    isDraining: () => draining,
    handshake: createHandshake({
      desk: createAdmission({
        access,
        signIn: createSignIn({
          access,
          limiter,
          tokens: options.tokens,
          whois,
        }),
        devices: services.get(Devices),
        tokens: options.tokens,
        pairing: services.get(Pairing),
      }),
      clock,
    }),
    nodes: services.get(Nodes),
    dispatch: createDispatch(surface.methods, services, log, audit),
    hello: createHello({
      version,
      methods: surface.methods.names,
      events: surface.events.map(({ name }) => name),
      startedAt,
      configPath: paths.config,
      stateDir: paths.state,
      authMode: () => access().auth.mode,
      defaultAgentId: () => options.agents().defaultId,
      mainSessionKey: () => directory.key(mainKey).key,
    }),
  })
  const listener = listen({
    hosts: options.hosts,
    port: options.port,
    app,
    socket,
    rules,
    door,
    hasRoom: (visitor) => connections.hasRoom(visitor),
    certificate: options.certificate,
    audit,
    clock,
    log,
  })
  const exposure = keepServed({
    settings: () => config().tailscale,
    forbidden: () => exposureProblem(config(), options.hosts, access().auth),
    target: `${secure ? "https+insecure" : "http"}://127.0.0.1:${listener.port}`,
    run: tailscaleProgram(services.get(Environment)),
    state: paths.state,
    clock,
    log,
    changed(state) {
      servedName = state.state === "served" ? state.name : undefined
      endPagesNoLongerAllowed()
    },
  })
  reloader.onApplied(() => void exposure.look())
  services.provide(Exposure, exposure)
  services.provide(Reach, () =>
    reachOf({ ...options, port: listener.port, secure: Boolean(options.certificate) }),
  )

  const stopRounds = makeRounds({ connections, presence, health, uiSessions, clock, log })

  return {
    port: listener.port,
    connections,
    exposure,
    /** Every HTTP route of the port. */
    get routes() {
      return app().routes.map(({ method, path }) => ({ method, path }))
    },
    renewTls: listener.renewTls,
    /** From now on it goes by this name as well. */
    answerTo(name: () => string | undefined) {
      lanName = name
    },
    /** Tells everyone, and takes no new calls. */
    announceShutdown(reason: string, restartExpectedMs?: number) {
      draining = true
      restarting = restartExpectedMs !== undefined
      const restart = restartExpectedMs !== undefined && { restartExpectedMs }
      connections.send(shutdown, { reason, ...restart })
    },
    async close() {
      stopRounds()
      stopCounting()
      lag.stop()
      await exposure.close({ leaving: !restarting })
      connections.closeAll("service restart")
      await listener.stop()
    },
  }
}
