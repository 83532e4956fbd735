import { hostname } from "node:os"
import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { MdnsMode } from "./config.ts"
import type { Place } from "./link.ts"
import type { Responder } from "./responder.ts"

/** What the gateway that runs is, at each moment. */
export interface Facts {
  mode: MdnsMode
  port: number
  /** SHA-256 of its certificate, where it serves TLS. */
  tlsFingerprint?: string
  /** Its name in the tailnet, where it is served there. */
  tailnetDns?: string
}

const lookEveryMs = 60_000

/**
 * Lets the local network find this gateway while it listens there, and the config does not say
 * otherwise. Nothing of it is loaded before that, and nothing that goes wrong here stops the gateway.
 */
export const keepAdvertised = ({
  facts,
  place,
  env,
  execPath,
  clock,
  ...options
}: {
  facts: () => Facts
  /** The networks it can be reached from; none when it listens on loopback only. */
  place: () => Place
  env: Env
  execPath?: string
  clock: Clock
  log: Log
}) => {
  const log = options.log.for("discovery")
  let speaking: { as: Wanted; responder: Responder } | undefined
  let failure: string | undefined

  const wanted = () => {
    const about = facts()
    const where = place()
    const isOff = about.mode === "off" || env.FASED_DISABLE_BONJOUR === "1"
    return isOff || !where.addresses.length
      ? undefined
      : { ...about, mode: about.mode, place: where }
  }
  type Wanted = NonNullable<ReturnType<typeof wanted>>

  const quiet = async () => {
    const { responder } = speaking ?? {}
    speaking = undefined
    await responder?.close()
  }

  const look = async () => {
    const as = wanted()
    if (as && speaking && Bun.deepEquals(as, speaking.as)) return
    await quiet()
    if (!as) return
    const [{ respond }, { asLabel, textOf }] = await Promise.all([
      import("./responder.ts"),
      import("./records.ts"),
    ])
    const displayName = asLabel(hostname().split(".")[0]!)
    const about = {
      ...as,
      mode: as.mode === "full" ? ("full" as const) : ("minimal" as const),
      displayName,
      tailnetDns: env.FASED_TAILNET_DNS || as.tailnetDns,
      sshPort: env.FASED_SSH_PORT || "22",
      cliPath: env.FASED_CLI_PATH || execPath,
    }
    const advert = {
      instance: displayName,
      host: hostLabel(env.FASED_MDNS_HOSTNAME),
      port: as.port,
      txt: (host: string) => textOf(about, host),
    }
    speaking = { as, responder: await respond(advert, as.place, { clock, log }) }
    failure = undefined
  }

  /** One after the other; a failure is told once, and tried again. */
  let last = Promise.resolve()
  const inTurn = (work: () => Promise<void>) =>
    (last = last.then(work).catch((error: Error) => {
      if (error.message !== failure)
        log.warn("bonjour: advertise failed", { problem: error.message })
      failure = error.message
    }))
  const watch = async () => {
    if (speaking?.responder.isAnnounced() === false) {
      log.warn("bonjour: watchdog detected non-announced service")
      await quiet()
    }
    await look()
  }
  const stop = clock.every(lookEveryMs, () => void inTurn(watch))
  void inTurn(look)

  return {
    /** The name it answers to in the local network. */
    name: () => speaking && `${speaking.responder.advert.host}.local`,
    look: () => inTurn(look),
    /** Takes leave. */
    async close() {
      stop()
      await inTurn(quiet)
    },
  }
}

/** A name of one label, as hosts have. */
const hostLabel = (name = "") => {
  const label = name
    .trim()
    .toLowerCase()
    .replace(/\.local\.?$/, "")
  return /^[a-z0-9](?:[a-z0-9-]{0,56}[a-z0-9])?$/.test(label) ? label : "fased"
}
