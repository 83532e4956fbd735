/** Builds the services, starts them in order, stops them in reverse. */
import { provideApprovals } from "./approvals/provide.ts"
import { provideChannels } from "./channels/provide.ts"
import { provideCron } from "./cron/provide.ts"
import { beginConfig } from "./config/begin.ts"
import { keepLastGood } from "./config/backups.ts"
import type { Env, Paths } from "./config/paths.ts"
import { keepSchemaCurrent } from "./config/schema-file.ts"
import type { Outcome } from "./config/reloader.ts"
import { provideDevices } from "./devices/provide.ts"
import { createDoctor, Doctor } from "./doctor/service.ts"
import type { Place } from "./discovery/link.ts"
import { provideExec } from "./exec/provide.ts"
import type { EntryFlags } from "./gateway/entry.ts"
import { decideEntry } from "./gateway/entry.ts"
import { refuseLockOut } from "./gateway/lock-out.ts"
import { lazyTable } from "./gateway/method-table.ts"
import { systemPorts } from "./gateway/ports.ts"
import { prepareTls, providePort } from "./gateway/provide-port.ts"
import { provideChanges } from "./gateway/provide-changes.ts"
import { type Runner, wakeAfterRestart } from "./gateway/restarts.ts"
import { clearPort } from "./gateway/take-over.ts"
import { layGround } from "./ground.ts"
import { provideHeartbeats } from "./heartbeat/provide.ts"
import { provideHooks } from "./hooks/provide.ts"
import { Build } from "./kernel/build.ts"
import type { Clock } from "./kernel/clock.ts"
import { systemClock } from "./kernel/clock.ts"
import { Bus, createBus } from "./kernel/event.ts"
import { createUndo } from "./kernel/undo.ts"
import { logging } from "./logs/config.ts"
import { tellOfLines } from "./logs/tell.ts"
import { createLog, Logs } from "./logs/writer.ts"
import { McpServers } from "./mcp/service.ts"
import { provideMedia } from "./media/provide.ts"
import { Memory } from "./memory/memory.ts"
import { provideModelAuth } from "./models/auth/provide.ts"
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
import { Audit, createAudit } from "./security/trail.ts"
import { provideSessions } from "./sessions/provide.ts"
import { Database, Store } from "./store/database.ts"
import { lockState } from "./store/lock.ts"
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
  const host = () => hostCommand(options.execPath, env)
  const pluginsOnDisk = await openPlugins({
    state: paths.state,
    known,
    host,
  })
  const begun = await beginConfig({ ...options, sections, fetchSecrets, guard: refuseLockOut })
  const { settings, lastGood } = begun
  const entry = await decideEntry(options, { settings, env, paths })
  if (options.force) await clearPort(entry.port, paths.state, systemPorts, clock)

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
    services.provide(Bus, createBus())
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
    const { tokens, pairing } = await provideDevices(services)
    undo.add(() => pairing.close())
    provideNodes(services)
    const approvals = await provideApprovals(services)
    undo.add(() => approvals.close())
    const { restartStore, reloader, access } = await provideChanges(services, {
      flags: options,
      entry,
      env,
      fetchSecrets,
      runner: options.runner,
      lastGood,
      undo,
    })
    const { engine, subagents, outbox, ingress, journey } = provideJourney(services, {
      directory,
      undo,
    })
    const plugins = await providePlugins(services, pluginsOnDisk, host)
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

    const mailbox = provideWebhooks(services, () => {
      const { auth } = access.current()
      return "secret" in auth ? auth.secret : undefined
    })
    undo.add(() => mailbox.close())
    undo.add(provideHooks(services))
    const tls = await prepareTls(services, entry)
    const startedAt = clock.now()
    // Before the port opens: what comes in from now on is not left over.
    await sessions.interruptAll(startedAt)
    const takeUpLeftOver = await journey.recover()
    const { opened, url, dashboardUrl } = await providePort(services, {
      surface: { methods: lazyTable(methodModules), routes, metrics, events },
      entry,
      access,
      tokens,
      tls,
      lock,
      env,
      neighbourhood: options.neighbourhood,
      startedAt,
      undo,
    })
    mcp.follow()
    reloader.onApplied(mcp.follow)
    outbox.start()
    // What was left unanswered has its place in each conversation before a network says more there.
    await takeUpLeftOver()
    await ingress.recover()
    channels.follow()
    reloader.onApplied(() => {
      plugins.follow()
      channels.follow()
    })
    await subagents.takeUp()
    await tasks.start()
    reloader.onApplied(() => void tasks.replan())
    heartbeats.start()
    reloader.onApplied(heartbeats.replan)
    reloader.onApplied(mailbox.replan)
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
        return dashboardUrl()
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
        await Promise.all([tasks.rest(), heartbeats.rest(), mailbox.rest()])
        await engine.turns.drain(drainMs)
        await undo.all()
      },
    }
  } catch (error) {
    await undo.all().catch(() => undefined)
    throw error
  }
}
