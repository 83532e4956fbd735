import { agents, defaultAgentId, listAgents } from "../agents/config.ts"
import { normalizeBase } from "../client/base-path.ts"
import { type Env, Paths } from "../config/paths.ts"
import { Reloader } from "../config/reloader.ts"
import type { Tokens } from "../devices/tokens.ts"
import { keepAdvertised } from "../discovery/advertise.ts"
import { discovery } from "../discovery/config.ts"
import type { Place } from "../discovery/link.ts"
import { wokenEvery } from "../heartbeat/beat.ts"
import { Build } from "../kernel/build.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import type { Undo } from "../kernel/undo.ts"
import { Store } from "../store/database.ts"
import type { StateLock } from "../store/lock.ts"
import type { LiveAccess } from "./access.ts"
import { certificateNames, lanAddresses, localHost } from "./address.ts"
import type { Entry } from "./entry.ts"
import { provideFacts } from "./facts.ts"
import { openGateway, type Surface } from "./open.ts"
import { createRestartStore, createUiSessionStore } from "./store.ts"
import type { Tls } from "./tls.ts"
import { createUiSessions } from "./ui-session.ts"

interface PortOptions {
  surface: Surface
  entry: Entry
  access: LiveAccess
  tokens: Tokens
  tls: Tls | undefined
  lock: StateLock
  /** What the process was started with. */
  env: Env
  /** Where it can be found by multicast DNS. Default: in the networks it listens in. */
  neighbourhood?: Place
  startedAt: number
  undo: Undo
}

/** The certificate to serve, where there is to be TLS; its code is loaded only then. */
export const prepareTls = async (services: Services, { config, ground }: Entry) => {
  if (!config().tls.enabled) return undefined
  const { openTls } = await import("./tls.ts")
  return openTls({
    config: () => config().tls,
    places: services.get(Paths),
    names: certificateNames(ground.hosts),
    clock: services.get(Clock),
    log: services.get(Log),
  })
}

/** Opens the port and lets it be known: to this machine by the lock, to the network by multicast DNS. */
export const providePort = async (services: Services, options: PortOptions) => {
  const { surface, entry, access, tokens, tls, lock, env, neighbourhood, startedAt, undo } = options
  const { config, ground } = entry
  const { version, binary } = services.get(Build)
  const clock = services.get(Clock)
  const log = services.get(Log)
  const db = services.get(Store)
  const reloader = services.get(Reloader)

  const uiSessions = await createUiSessions({
    store: createUiSessionStore(db),
    clock,
    token: () => {
      const { auth } = access.current()
      return auth.mode === "token" ? auth.secret : undefined
    },
  })
  const opened = openGateway(services, {
    surface,
    hosts: ground.hosts,
    port: entry.port,
    config,
    access,
    agents() {
      const config = services.get(agents)
      return {
        ids: listAgents(config).map(({ id }) => id),
        defaultId: defaultAgentId(config),
        heartbeatSeconds: wokenEvery(config) / 1000,
      }
    },
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
    restarts: createRestartStore(db),
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
      mode: services.get(discovery).mdns.mode,
      port: opened.port,
      tlsFingerprint: tls?.current.fingerprint,
      tailnetDns: servedName(),
    }),
    place: () => neighbourhood ?? { addresses: lanAddresses(ground.hosts) },
    env,
    execPath: binary,
    clock,
    log,
  })
  undo.add(advertised.close)
  opened.answerTo(advertised.name)
  reloader.onApplied(() => void advertised.look())
  const certificates = tls?.watch(() => {
    opened.renewTls()
    announce()
    void advertised.look()
  })
  undo.add(() => certificates?.stop())
  reloader.onApplied(() => certificates?.look())

  return {
    opened,
    url,
    /** The page's address with the token in its fragment: signs in whoever opens it. */
    dashboardUrl: () => {
      const { auth } = access.current()
      return auth.mode === "token" ? `${page()}#token=${auth.secret}` : page()
    },
  }
}
