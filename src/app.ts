/** Builds the services, starts them in order, stops them in reverse. */
import { randomBytes } from "node:crypto"
import { createEngine } from "./agent/engine.ts"
import { agents, defaultAgentId, findAgent, listAgents, modelsOf } from "./agent/config.ts"
import { Turns } from "./agent/turns.ts"
import { createSettings } from "./config/create.ts"
import { configInvalid } from "./config/faults.ts"
import type { Env, Paths as InstancePaths } from "./config/paths.ts"
import { Environment, Paths } from "./config/paths.ts"
import { Sections, Settings } from "./config/settings.ts"
import { setUpLocalProfile } from "./config/setup.ts"
import { ownIdentity } from "./devices/identity.ts"
import { createDeviceStore, Devices } from "./devices/store.ts"
import { createTokens } from "./devices/tokens.ts"
import { GatewayFacts } from "./doctor/facts.ts"
import { createDoctor, Doctor } from "./doctor/service.ts"
import { localHost, listenHosts } from "./gateway/address.ts"
import type { Auth } from "./gateway/auth.ts"
import { resolveAuth } from "./gateway/auth.ts"
import type { GatewayConfig } from "./gateway/config.ts"
import { gateway } from "./gateway/config.ts"
import { badPort, noSecret } from "./gateway/faults.ts"
import { guardExposure, guardMissingAuth, guardMode } from "./gateway/guards.ts"
import { Health } from "./gateway/health.ts"
import { createStatus, Identity, Status } from "./gateway/methods.ts"
import { openGateway } from "./gateway/open.ts"
import { Ports, systemPorts } from "./gateway/ports.ts"
import { clearPort } from "./gateway/take-over.ts"
import { createInbox } from "./inbox/inbox.ts"
import { createInboxStore } from "./inbox/store.ts"
import { Receive } from "./kernel/channel.ts"
import { Clock, systemClock } from "./kernel/clock.ts"
import { Bus, createBus } from "./kernel/event.ts"
import { Log } from "./kernel/log.ts"
import { Services } from "./kernel/service.ts"
import { logging } from "./logs/config.ts"
import { createLog, Logs } from "./logs/writer.ts"
import { models as modelsSection } from "./models/config.ts"
import { createModels } from "./models/create.ts"
import { createGuide } from "./models/guide.ts"
import { Models } from "./models/service.ts"
import { pipeline } from "./pipeline.ts"
import { checks, events, methods, migrations, sections, tools } from "./registry.ts"
import { createDirectory, Directory } from "./sessions/directory.ts"
import { createLists, Lists } from "./sessions/lists.ts"
import { createSessionStore, Sessions } from "./sessions/store.ts"
import { Disk, systemDisk } from "./store/disk.ts"
import { Database, Store } from "./store/database.ts"
import { lockState } from "./store/lock.ts"
import { AgentIds } from "./tools/methods.ts"
import { createToolbox, Toolbox } from "./tools/toolbox.ts"

export interface StartOptions {
  paths: InstancePaths
  env: Env
  version: string
  /** Command-line overrides; nothing here is written to the config. */
  port?: number
  bind?: GatewayConfig["bind"]
  auth?: "none" | "token" | "password"
  token?: string
  password?: string
  allowUnconfigured?: boolean
  /** Stop whatever listens on the port first. */
  force?: boolean
  verbose?: boolean
  /** Log lines to the terminal as well as the file. */
  console?: boolean
  /** Default: the system's. */
  clock?: Clock
}

export interface RunningGateway {
  port: number
  /** `http://127.0.0.1:<port>/` */
  url: string
  /** The page's address with the token in its fragment: signs in whoever opens it. */
  dashboardUrl: string
  logFile: string
  /** Announces, drains, closes. Resolves when everything is down. */
  stop(reason: string): Promise<void>
}

/** How long turns under way may still run when the gateway stops. */
const drainMs = 5_000

/** Starts a gateway (contract 01 §2) or throws the fault that says why not. */
export const start = async (options: StartOptions): Promise<RunningGateway> => {
  const { paths, env, version, clock = systemClock } = options
  const settings = await createSettings({ paths, env, sections })
  if (!settings.current().values) throw configInvalid(settings.current())
  const configured = settings.section(gateway)
  guardMode(configured, options.allowUnconfigured)
  const bind = options.bind ?? configured.bind
  const hosts = listenHosts(bind, configured.customBindHost)
  const auth = await firstAuth(options, settings, hosts)
  guardExposure(configured, hosts, auth)
  const port = options.port ?? portFrom(env) ?? configured.port ?? paths.defaultPort
  if (options.force) await clearPort(port, paths.state, systemPorts, clock)

  const undo: (() => unknown)[] = []
  const stopAll = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const lock = lockState(paths.state)
    undo.push(() => lock.release())
    const log = createLog({
      folder: paths.logs,
      config: () => settings.section(logging),
      clock,
      env,
      console: options.console,
      verbose: options.verbose,
    })
    undo.push(() => log.close())
    const db = new Database(paths.database, migrations)
    undo.push(() => db.close())

    const services = new Services()
    const bus = services.provide(Bus, createBus())
    services.provide(Clock, clock)
    services.provide(Log, log)
    services.provide(Logs, log)
    services.provide(Environment, env)
    services.provide(Paths, paths)
    services.provide(Settings, settings)
    services.provide(Sections, sections)
    services.provide(Store, db)
    services.provide(Ports, systemPorts)
    services.provide(Disk, systemDisk)
    for (const section of sections) services.provideLive(section, () => settings.section(section))
    const agentsConfig = () => settings.section(agents)

    const sessions = services.provide(Sessions, createSessionStore(db))
    const directory = services.provide(
      Directory,
      createDirectory({
        store: sessions,
        bus,
        now: clock.now,
        defaultAgent: () => defaultAgentId(agentsConfig()),
      }),
    )
    services.provide(Lists, createLists({ directory, clock }))
    const devices = services.provide(Devices, createDeviceStore(db))
    const instanceSecret = await devices.secret("tokens", () => randomBytes(32).toString("hex"))
    const models = services.provide(
      Models,
      createModels({
        config: () => settings.section(modelsSection),
        env,
        clock,
        guide: createGuide(),
        defaultModel: () => modelsOf(findAgent(agentsConfig()), agentsConfig())[0],
      }),
    )
    const toolbox = services.provide(Toolbox, createToolbox(tools, services))
    services.provide(AgentIds, (id) => findAgent(agentsConfig(), id).id)
    const engine = createEngine({
      config: agentsConfig,
      paths,
      models,
      toolbox,
      directory,
      bus,
      clock,
      log,
    })
    services.provide(Turns, engine.turns)
    const journey = pipeline({
      inbox: createInbox({ store: createInboxStore(db), clock, log }),
      engine,
      destinations: {
        key: directory.key,
        requireAgent: (id) => void findAgent(agentsConfig(), id),
      },
      directory,
      clock,
      log,
    })
    services.provide(Receive, journey.receive)
    const doctor = services.provide(Doctor, createDoctor(checks, services))

    const startedAt = clock.now()
    const opened = openGateway({
      version,
      hosts,
      port,
      config: configured,
      auth,
      paths,
      agents: () => ({
        ids: listAgents(agentsConfig()).map(({ id }) => id),
        defaultId: defaultAgentId(agentsConfig()),
      }),
      methods,
      events,
      services,
      bus,
      clock,
      log,
      directory,
      devices,
      tokens: createTokens(instanceSecret),
      startedAt,
    })
    undo.push(() => opened.close())
    const url = `http://${localHost(hosts)}:${opened.port}/`
    const connectedModels = () =>
      models
        .status()
        .filter(({ status }) => status === "ok")
        .map(({ provider }) => provider)
    services.provide(
      Status,
      createStatus(clock, async () => ({
        runtimeVersion: version,
        pid: process.pid,
        uptimeMs: clock.now() - startedAt,
        url,
        model: { default: models.defaultRef(), connected: connectedModels() },
        sessions: (await services.get(Health).snapshot()).sessions,
        connections: opened.connections.size,
        turns: { active: engine.turns.active },
        channelSummary: [],
        queuedSystemEvents: [],
        processMemory: { rssBytes: process.memoryUsage.rss() },
      })),
    )
    services.provide(Identity, await ownIdentity(devices))
    services.provide(GatewayFacts, {
      read: async () => ({
        version,
        url,
        configPath: paths.config,
        stateDir: paths.state,
        logFile: log.current(),
        uptimeMs: clock.now() - startedAt,
        model: { default: models.defaultRef(), connected: connectedModels() },
        channels: [],
        sessions: { count: await directory.count() },
        findings: (await doctor.run()).findings,
      }),
    })
    lock.announce({
      pid: process.pid,
      port: opened.port,
      url: url.replace("http", "ws"),
      version,
      startedAt,
    })
    await sessions.interruptAll(startedAt)
    await journey.recover()
    log.for("gateway").info("listening", { url, pid: process.pid, version })

    return {
      port: opened.port,
      url,
      dashboardUrl: auth.mode === "token" ? `${url}#token=${auth.secret}` : url,
      logFile: log.current(),
      async stop(reason) {
        log.for("gateway").info("stopping", { reason })
        opened.announceShutdown(reason)
        await engine.turns.drain(drainMs, clock)
        await stopAll()
      },
    }
  } catch (error) {
    await stopAll()
    throw error
  }
}

/** The auth to start with. A gateway nobody secured yet gets a long random token (contract 01 §2). */
const firstAuth = async (
  options: StartOptions,
  settings: Settings,
  hosts: string[],
): Promise<Auth> => {
  const { env, allowUnconfigured } = options
  const resolve = () => resolveAuth(settings.section(gateway).auth, env, options)
  try {
    return resolve()
  } catch (error) {
    if (!noSecret.is(error)) throw error
    guardMissingAuth(hosts)
    if (error.data.mode !== "token") throw error
    // An unconfigured run writes nothing: its token lives as long as it does.
    if (allowUnconfigured) return { mode: "token", secret: randomBytes(32).toString("hex") }
    if (!(await setUpLocalProfile({ settings, env })).token) throw error
    return resolve()
  }
}

const portFrom = ({ FASED_GATEWAY_PORT: text }: Env) => {
  if (!text?.trim()) return undefined
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw badPort({ text })
  return port
}
