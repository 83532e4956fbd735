import { existsSync, statSync } from "node:fs"
import type { Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { writeFileAtomic } from "../store/files.ts"
import type { Certificate } from "./certificate.ts"
import { dayOf, guardDates, readCertificate } from "./certificate.ts"
import type { GatewayConfig } from "./config.ts"
import { tlsHalfNamed, tlsNothingToServe } from "./faults.ts"
import { makeSelfSigned } from "./self-signed.ts"
import { namedFile, ownCertificatePath } from "./tls-files.ts"

type TlsConfig = GatewayConfig["tls"]
type Places = Pick<Paths, "state" | "config" | "home">

/** The certificate this gateway serves, whichever it is at the moment. */
export interface Tls {
  readonly current: Certificate
  /** Looks out for a newer one, and calls `renewed` once it is current. */
  watch(renewed: () => void): {
    /** Looks at once, as when the config names other files. */
    look(): void
    stop(): void
  }
}

const hourMs = 3_600_000
const renewBeforeMs = 30 * 24 * hourMs
/** Whoever renews certificates has done so by then. */
export const soonMs = 14 * 24 * hourMs
const lookEveryMs = 5_000

const namedFiles = ({ certPath, keyPath }: TlsConfig, places: Places) => {
  if (!certPath && !keyPath) return undefined
  if (!certPath) throw tlsHalfNamed({ named: "keyPath", missing: "certPath" })
  if (!keyPath) throw tlsHalfNamed({ named: "certPath", missing: "keyPath" })
  return { cert: namedFile(certPath, places), key: namedFile(keyPath, places) }
}

/** Whether the certificate is ours to make, and to renew. */
const makesOwn = ({ autoGenerate, certPath }: TlsConfig) => autoGenerate ?? !certPath

/**
 * The certificate in place, as the config has it; undefined when one is to be made. Throws what is
 * wrong with it.
 */
export const findCertificate = (
  config: TlsConfig,
  places: Places,
  now: number,
): Certificate | undefined => {
  const named = namedFiles(config, places)
  const isNamed = named && (existsSync(named.cert) || existsSync(named.key) || !makesOwn(config))
  if (isNamed) return guardDates(readCertificate(named.cert, named.key), now)
  const path = ownCertificatePath(places.state)
  if (!existsSync(path)) {
    if (makesOwn(config)) return undefined
    throw tlsNothingToServe()
  }
  const own = readCertificate(path, path)
  const isDue = own.selfMade && makesOwn(config) && own.expiresAt - now < renewBeforeMs
  return isDue ? undefined : guardDates(own, now)
}

/** Finds the certificate to serve, or makes a self-signed one for `names`. */
export const openTls = async (options: {
  config: () => TlsConfig
  places: Places
  /** Names and addresses a self-signed certificate is good for. */
  names: readonly string[]
  clock: Clock
  log: Log
}): Promise<Tls> => {
  const { config, places, names, clock } = options
  const log = options.log.for("gateway")
  const own = ownCertificatePath(places.state)

  const load = async () => {
    const found = findCertificate(config(), places, clock.now())
    if (found) return found
    writeFileAtomic(own, await makeSelfSigned(names, clock.now()))
    return readCertificate(own, own)
  }

  const tell = ({ path, fingerprint, expiresAt }: Certificate) => {
    const about = { path, fingerprint, expires: dayOf(expiresAt) }
    if (expiresAt - clock.now() > soonMs) log.info("serving TLS certificate", about)
    else log.warn("serving a TLS certificate that expires soon", about)
  }

  /** Changes when there is reason to look again: other files, or, near the end, every hour. */
  const stampOf = ({ selfMade, expiresAt }: Certificate) => {
    const named = namedFiles(config(), places)
    const now = clock.now()
    const isDue = selfMade && makesOwn(config()) && expiresAt - now < renewBeforeMs
    const files = [named?.cert, named?.key, own].map((path) => path && fileStamp(path))
    return [...files, isDue && Math.floor(now / hourMs)].join(" ")
  }

  let current = await load()
  let stamp: string | undefined
  let isLooking = false
  tell(current)

  const look = async (renewed: () => void) => {
    if (isLooking) return
    isLooking = true
    try {
      const latest = stampOf(current)
      if (latest === stamp) return
      stamp = latest
      const found = await load()
      if (found.fingerprint === current.fingerprint) return
      current = found
      tell(current)
      renewed()
    } catch (error) {
      log.error("the new TLS certificate cannot be used; the old one stays", { error })
    } finally {
      isLooking = false
    }
  }

  return {
    get current() {
      return current
    },
    watch: (renewed) => ({
      look: () => void look(renewed),
      stop: clock.every(lookEveryMs, () => void look(renewed)),
    }),
  }
}

const fileStamp = (path: string) => {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.ino}:${stats.mtimeMs}:${stats.size}` : "none"
}
