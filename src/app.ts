/** Builds the services, starts them in order, stops them in reverse. */
import { agents, defaultAgentId, listAgents } from "./agents/config.ts"
import { provideApprovals } from "./approvals/provide.ts"
import { provideChannels } from "./channels/provide.ts"
import { normalizeBase } from "./client/base-path.ts"
import { provideCron } from "./cron/provide.ts"
import { beginConfig } from "./config/begin.ts"
import { keepLastGood } from "./config/backups.ts"
import { followConfig } from "./config/follow.ts"
import type { Env, Paths } from "./config/paths.ts"
import { keepSchemaCurrent } from "./config/schema-file.ts"
import { type Outcome, Reloader } from "./config/reloader.ts"
import { provideDevices } from "./devices/provide.ts"
import { createDoctor, Doctor } from "./doctor/service.ts"
import { keepAdvertised } from "./discovery/advertise.ts"
import { discovery } from "./discovery/config.ts"
import type { Place } from "./discovery/link.ts"
import { provideExec } from "./exec/provide.ts"
import { certificateNames, lanAddresses, localHost } from "./gateway/address.ts"
import type { EntryFlags } from "./gateway/entry.ts"
import { watchAccess } from "./gateway/access.ts"
import { decideEntry } from "./gateway/entry.ts"
import { provideFacts } from "./gateway/facts.ts"
import { refuseLockOut } from "./gateway/lock-out.ts"
import { lazyTable } from "./gateway/method-table.ts"
import { openGateway } from "./gateway/open.ts"
import { systemPorts } from "./gateway/ports.ts"
import { preflight } from "./gateway/preflight.ts"
import { createRestarts, type Runner, wakeAfterRestart } from "./gateway/restarts.ts"
import { createRestartStore, createUiSessionStore } from "./gateway/store.ts"
import { clearPort } from "./gateway/take-over.ts"
import { createUiSessions } from "./gateway/ui-session.ts"
import { layGround } from "./ground.ts"
import { wokenEvery } from "./heartbeat/beat.ts"
import { provideHeartbeats } from "./heartbeat/provide.ts"
import { provideHooks } from "./hooks/provide.ts"
import { Build } from "./kernel/build.ts"
import type { Clock } from "./kernel/clock.ts"
import { systemClock } from "./kernel/clock.ts"
import { Bus, createBus } from "./kernel/event.ts"
import { Restarts } from "./kernel/restart.ts"
import { createUndo } from "./kernel/undo.ts"
import { logging } from "./logs/config.ts"
import { tellOfLines } from "./logs/tell.ts"
import { createLog, Logs } from "./logs/writer.ts"
import { McpServers } from "./mcp/service.ts"
import { provideMedia } from "./media/provide.ts"
import { Memory } from "./memory/memory.ts"
import { provideModelAuth } from "./models/auth/provide.ts"
import { type ModelsConfig, models as modelsSection } from "./models/config.ts"
import { Models } from "./models/service.ts"
import { provideNodes } from "./nodes/provide.ts"
import { provideJourney } from "./pipeline/provide.ts"
import { hostCommand } from "./plugins/host-command.ts"
import { openPlugins } from "./plugins/open.ts"
import { providePlugins } from "./plugins/provide.ts"
import { known } from "./registry/channels.ts"
import { events } from "./registry/events.ts"
import { methodModules } from "./registry/method-modules.ts"
import { metrics } from "./registry/metrics.ts"
import { migrations } from "./registry/migrations.ts"
import { routes } from "./registry/routes.ts"
import { sections } from "./registry/sections.ts"
import { provideSandboxes } from "./sandbox/provide.ts"
import { createFetch } from "./secrets/fetch.ts"
import { warnOfOverridden } from "./secrets/warn.ts"
import { Audit, createAudit } from "./security/trail.ts"
import { provideSessions } from "./sessions/provide.ts"
import { Database, Store } from "./store/database.ts"
import { lockState } from "./store/lock.ts"
import { update } from "./update/config.ts"
import { releaseKeys } from "./update/keys.ts"
import { createUpdates, Updates } from "./update/updates.ts"
import { provideUsage } from "./usage/provide.ts"
import { provideApis } from "./v1/provide.ts"
import { PageReader } from "./web/provide.ts"
import { provideWebhooks } from "./webhooks/provide.ts"

/** The flags override the config for this run; nothing of them is written. */
export interface StartOptions extends EntryFlags {
  paths: Paths
  env: Env
  version: string
  /** Stop whatever listens on the port first. */
  force?: boolean
  verbose?: boolean
  /** With a broken config file, run on the one from when it was last good. */
  lastGood?: boolean
  /** The compiled file that runs; without it there is nothing to update. */
  execPath?: string
  /** Restarts this gateway in place; without it every restart is refused. */
  runner?: Runner
  /** Log lines to the terminal as well as the file. */
  console?: boolean
  /** Where it can be found by multicast DNS. Default: in the networks it listens in. */
  neighbourhood?: Place
  /** Default: the system's. */
  clock?: Clock
}

export interface RunningGateway {
  port: number
  /** `http://127.0.0.1:<port>/`, or `https://` with TLS */
  url: string
  /** SHA-256 of the certificate it serves. */
  readonly tlsFingerprint?: string
  /** The page's address with the token in its fragment: signs in whoever opens it. */
  readonly dashboardUrl: string
  logFile: string
  /** Every HTTP route it serves. */
  readonly routes: readonly { method: string; path: string }[]
  /** Looks at the config file at once. */
  reload(): Promise<Outcome>
  /** Fetches every secret anew. Throws when one cannot be had; then those from before stay. */
  reloadSecrets(): Promise<unknown>
  /** Puts a failure that nobody waited for into the log. */
  note(error: unknown): void
  /** Announces, drains, closes. Resolves when everything is down. */
  stop(reason: string, restart?: { expectedMs: number }): Promise<void>
}

/** How long turns under way may still run when the gateway stops. */
const drainMs = 5_000
/** What nobody waits for is done when the rush of a start is over. */
const quietMs = 10_000

/** Starts a gateway (contract 01 §2) or throws the fault that says why not. */
export const start = async (options: StartOptions): Promise<RunningGateway> => {
  const { paths, env, version, clock = systemClock } = options
  const fetchSecrets = createFetch({ env, clock, paths })
  const pluginsOnDisk = await openPlugins({
    state: paths.state,
    known,
    host: () => hostCommand(options.execPath, env),
  })
  const begun = await beginConfig({ ...options, sections, fetchSecrets, guard: refuseLockOut })
  const { settings, lastGood } = begun
  const { config, ground, port } = await decideEntry(options, { settings, env, paths })
  if (options.force) await clearPort(port, paths.state, systemPorts, clock)

  const undo = createUndo()
  undo.add(() => pluginsOnDisk.close())
  try {
    const lock = lockState(paths.state)
    undo.add(() => lock.release())
    const log = createLog({
      folder: paths.logs,
      config: () => settings.section(logging),
      clock,
      env,
      console: options.console,
      verbose: options.verbose,
    })
    undo.add(() => log.close())
    begun.tell(log)
    const db = new Database(paths.database, migrations)
    undo.add(() => db.close())

    const services = layGround({ paths, env: settings.env, clock, log, settings })
    const bus = services.provide(Bus, createBus())
    services.provide(Logs, log)
    undo.add(tellOfLines(services))
    services.provide(Store, db)
    services.provide(Build, { version, binary: options.execPath })
    await provideModelAuth(services)
    const audit = createAudit({ log, clock })
    undo.add(() => audit.close())
    services.provide(Audit, audit)
    const ledger = await provideUsage(services)
    undo.add(() => ledger.close())
    const models = services.get(Models)
    const agentsConfig = () => settings.section(agents)

    const { sessions, directory, ...sessionWork } = provideSessions(services)
    undo.add(() => sessionWork.close())
    const media = provideMedia(services)
    undo.add(() => media.close())
    provideApis(services)
    const sandboxes = provideSandboxes(services)
    undo.add(() => sandboxes.close())
    const jobs = provideExec(services)
    undo.add(() => jobs.close())
    undo.add(() => services.get(PageReader).close())
    undo.add(() => services.get(Memory).close())
    const mcp = services.get(McpServers)
    undo.add(() => mcp.close())
    const { devices, tokens, pairing } = await provideDevices(services)
    undo.add(() => pairing.close())
    provideNodes(services)
    const approvals = await provideApprovals(services)
    undo.add(() => approvals.close())
    const restartStore = createRestartStore(db)
    const restarts = await createRestarts({
      store: restartStore,
      clock,
      log,
      runner: options.runner,
      preflight: () =>
        preflight({
          flags: options,
          settings,
          sections,
          fetchSecrets,
          env,
          paths,
          clock,
          here: { port },
        }),
    })
    undo.add(() => restarts.close())
    services.provide(Restarts, restarts)
    services.provide(
      Updates,
      createUpdates({
        version,
        paths,
        env,
        clock,
        restarts,
        keys: releaseKeys,
        binary: options.execPath,
        config: () => settings.section(update),
      }),
    )
    const reloader = await followConfig({
      settings,
      sections,
      lastGood,
      restarts,
      bus,
      clock,
      log,
      config: () => config().reload,
    })
    undo.add(() => reloader.close())
    services.provide(Reloader, reloader)
    const access = watchAccess({ config, reloader, ground, log })
    undo.add(() => access.stop())
    warnOfOverridden({ settings, reloader, env, log })
    reloader.onApplied(({ before, after }) => {
      // With a setting that waits, it has yet to prove that a gateway starts with it.
      if (!reloader.state().waits.length) keepLastGood(paths, after)
      models.reconfigured(
        before.values![modelsSection.id] as ModelsConfig,
        after.values![modelsSection.id] as ModelsConfig,
      )
    })
    const uiSessions = await createUiSessions({
      store: createUiSessionStore(db),
      clock,
      token: () => {
        const { auth } = access.current()
        return auth.mode === "token" ? auth.secret : undefined
      },
    })
    const { engine, subagents, outbox, ingress, journey } = provideJourney(services, {
      directory,
      undo,
    })
    const plugins = await providePlugins(services, pluginsOnDisk)
    const channels = provideChannels(services)
    undo.add(() => channels.close())
    const tasks = provideCron(services)
    undo.add(() => tasks.close())
    const heartbeats = provideHeartbeats(services)
    undo.add(() => heartbeats.close())
    services.provide(
      Doctor,
      createDoctor(async () => (await import("./registry/checks.ts")).checks, services),
    )

    provideWebhooks(services, () => {
      const { auth } = access.current()
      return "secret" in auth ? auth.secret : undefined
    })
    undo.add(provideHooks(services))
    const tls = config().tls.enabled
      ? await (
          await import("./gateway/tls.ts")
        ).openTls({
          config: () => config().tls,
          places: paths,
          names: certificateNames(ground.hosts),
          clock,
          log,
        })
      : undefined

    const startedAt = clock.now()
    // Before the port opens: what comes in from now on is not left over.
    await sessions.interruptAll(startedAt)
    const takeUpLeftOver = await journey.recover()
    const opened = openGateway({
      version,
      hosts: ground.hosts,
      port,
      config,
      access,
      paths,
      agents: () => ({
        ids: listAgents(agentsConfig()).map(({ id }) => id),
        defaultId: defaultAgentId(agentsConfig()),
        heartbeatSeconds: wokenEvery(agentsConfig()) / 1000,
      }),
      methods: lazyTable(methodModules),
      routes,
      metrics,
      events,
      services,
      bus,
      clock,
      log,
      directory,
      devices,
      tokens,
      certificate: tls && (() => tls.current),
      uiSessions,
      startedAt,
    })
    undo.add(() => opened.close())
    const url = `${tls ? "https" : "http"}://${localHost(ground.hosts)}:${opened.port}/`
    const page = () => new URL(`${normalizeBase(config().controlUi.basePath)}/`, url).href
    await provideFacts(services, {
      version,
      url,
      startedAt,
      connections: opened.connections,
      restarts: restartStore,
    })
    const announce = () =>
      lock.announce({
        pid: process.pid,
        port: opened.port,
        url: url.replace("http", "ws"),
        tlsFingerprint: tls?.current.fingerprint,
        version,
        startedAt,
      })
    announce()
    const servedName = () => {
      const served = opened.exposure.state()
      return served.state === "served" ? served.name : undefined
    }
    const advertised = keepAdvertised({
      facts: () => ({
        mode: settings.section(discovery).mdns.mode,
        port: opened.port,
        tlsFingerprint: tls?.current.fingerprint,
        tailnetDns: servedName(),
      }),
      place: () => options.neighbourhood ?? { addresses: lanAddresses(ground.hosts) },
      env,
      execPath: options.execPath,
      clock,
      log,
    })
    undo.add(advertised.close)
    opened.answerTo(advertised.name)
    reloader.onApplied(() => void advertised.look())
    mcp.follow()
    reloader.onApplied(mcp.follow)
    channels.follow()
    reloader.onApplied(() => {
      plugins.follow()
      channels.follow()
    })
    const certificates = tls?.watch(() => {
      opened.renewTls()
      announce()
      void advertised.look()
    })
    undo.add(() => certificates?.stop())
    reloader.onApplied(() => certificates?.look())
    outbox.start()
    await takeUpLeftOver()
    await ingress.recover()
    await subagents.takeUp()
    await tasks.start()
    reloader.onApplied(() => void tasks.replan())
    heartbeats.start()
    reloader.onApplied(heartbeats.replan)
    await wakeAfterRestart({ store: restartStore, receive: journey.receive, clock, log })
    if (!lastGood) keepLastGood(paths, settings.current())
    undo.add(
      clock.after(quietMs, () => {
        try {
          keepSchemaCurrent(settings.current(), { paths, sections, version })
        } catch (error) {
          log.for("config").debug("the schema for editors cannot be written", { error })
        }
      }),
    )
    log.for("gateway").info("listening", { url, pid: process.pid, version })

    return {
      port: opened.port,
      url,
      get tlsFingerprint() {
        return tls?.current.fingerprint
      },
      get dashboardUrl() {
        const { auth } = access.current()
        return auth.mode === "token" ? `${page()}#token=${auth.secret}` : page()
      },
      logFile: log.current(),
      get routes() {
        return opened.routes
      },
      reload: reloader.look,
      reloadSecrets: reloader.reloadSecrets,
      note: (error) =>
        log.for("gateway").error("something failed that nobody waited for", { error }),
      async stop(reason, restart) {
        log.for("gateway").info("stopping", { reason })
        opened.announceShutdown(reason, restart?.expectedMs)
        await Promise.all([tasks.rest(), heartbeats.rest()])
        await engine.turns.drain(drainMs)
        await undo.all()
      },
    }
  } catch (error) {
    await undo.all().catch(() => undefined)
    throw error
  }
}
