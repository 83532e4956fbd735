import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import { writeFileAtomic } from "../store/files.ts"
import { askServed, type Obstacle, type Served } from "./serve-status.ts"
import type { RunTailscale } from "./tailscale-program.ts"

export interface ServeSettings {
  mode: "off" | "serve" | "funnel"
  resetOnExit: boolean
}

export type ServeState =
  | { state: "off" | "pending" }
  | { state: "served"; name: string; url: string; isPublic: boolean }
  | ({ state: "failed" } & Obstacle)

/** The gateway's page in the tailnet, or on the internet, through Tailscale. */
export interface Exposure {
  state(): ServeState
}
export const Exposure = service<Exposure>("exposure")

const lookEveryMs = 30_000
/** Somebody keeps taking it away: so many claims within so long are a quarrel, not a mishap. */
const mostClaims = 5
const quarrelMs = 10 * 60_000

/**
 * Keeps `https://<this machine>/` leading to the gateway: claims it, claims it again after
 * tailscaled forgot, and never takes it from somebody else. What it claimed it notes down, so that
 * a later run on another port knows its own.
 */
export const keepServed = ({
  settings,
  forbidden = () => undefined,
  target,
  run,
  state,
  clock,
  ...options
}: {
  settings: () => ServeSettings
  /** What forbids it as things are, if anything does. */
  forbidden?: () => Obstacle | undefined
  /** Where the gateway answers on loopback. */
  target: string
  run: RunTailscale
  /** The state folder. */
  state: string
  clock: Clock
  log: Log
  /** Hears of each change of what is served. */
  changed: (state: ServeState) => void
}) => {
  const log = options.log.for("tailscale")
  const note = createNote(join(state, "tailscale-serve"))
  let now: ServeState = { state: settings().mode === "off" ? "off" : "pending" }
  let claims: number[] = []

  const become = (next: ServeState) => {
    if (Bun.deepEquals(next, now)) return
    now = next
    if (next.state === "served") log.info("served", { url: next.url, public: next.isPublic })
    if (next.state === "failed") log.error("not served", { problem: next.problem, next: next.next })
    options.changed(next)
  }
  const isOurs = ({ target: found }: Served) => found === target || found === note.read()

  const claim = async (mode: "serve" | "funnel", served: Served): Promise<ServeState> => {
    if (served.target !== undefined && !isOurs(served))
      return {
        state: "failed",
        problem: `https://${served.name}/ already leads to ${served.target}, which is not this gateway.`,
        next: "If nobody needs that: tailscale serve --https=443 off. Then it is taken within half a minute.",
      }
    claims = [...claims.filter((at) => at > clock.now() - quarrelMs), clock.now()]
    if (claims.length > mostClaims)
      return {
        state: "failed",
        problem: `Something keeps taking https://${served.name}/ away; fased has stopped claiming it.`,
        next: "Find out what with: tailscale serve status. Then: fased gateway restart",
      }
    if (served.isPublic && mode === "serve") await run(["funnel", "--https=443", "off"])
    note.write(target)
    const claimed = await run([mode, "--bg", "--yes", "--https=443", target])
    if (claimed?.ok) return stateOf(served.name, mode)
    return {
      state: "failed",
      problem: `tailscale ${mode} refused: ${claimed?.problem ?? "it is gone"}.`,
      next: `Try it by hand: tailscale ${mode} --bg ${target}`,
    }
  }

  const look = async () => {
    const { mode } = settings()
    const obstacle = mode === "off" ? undefined : forbidden()
    if (mode === "off" || obstacle) {
      if (now.state === "served") await leave()
      return become(obstacle ? { state: "failed", ...obstacle } : { state: "off" })
    }
    const served = await askServed(run)
    if (!("isPublic" in served)) return become({ state: "failed", ...served })
    const holds = served.target === target && served.isPublic === (mode === "funnel")
    if (holds) note.write(target)
    become(holds ? stateOf(served.name, mode) : await claim(mode, served))
  }

  /** Gives it back, if it is still ours. */
  const leave = async () => {
    const served = await askServed(run)
    if (!("isPublic" in served) || served.target === undefined || !isOurs(served)) return
    await run([served.isPublic ? "funnel" : "serve", "--https=443", "off"])
    note.remove()
    log.info("no longer served", { name: served.name })
  }

  /** One after the other: what a look decides must not be old when it acts. */
  let last = Promise.resolve()
  const inTurn = (work: () => Promise<void>) =>
    (last = last.then(work).catch((error: unknown) => log.error("tailscale failed", { error })))
  const stop = clock.every(lookEveryMs, () => void inTurn(look))
  void inTurn(look)

  return {
    state: () => now,
    /** The config has changed: what was given up is tried again. */
    look() {
      claims = []
      return inTurn(look)
    },
    /** Resolves when what is under way is through. */
    idle: () => last,
    /** `leaving`: the gateway does not come back at once. */
    async close({ leaving }: { leaving: boolean }) {
      stop()
      const { mode, resetOnExit } = settings()
      if (leaving && resetOnExit && mode !== "off") await inTurn(leave)
    },
  }
}

const stateOf = (name: string, mode: "serve" | "funnel"): ServeState => ({
  state: "served",
  name,
  url: `https://${name}/`,
  isPublic: mode === "funnel",
})

/** Remembers what was claimed last. */
const createNote = (path: string) => {
  const read = () => {
    try {
      return readFileSync(path, "utf8").trim()
    } catch {
      return undefined
    }
  }
  return {
    read,
    write(text: string) {
      if (read() !== text) writeFileAtomic(path, `${text}\n`)
    },
    remove: () => rmSync(path, { force: true }),
  }
}
