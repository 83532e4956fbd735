import type { z } from "zod"
import type { Env, Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Restarts } from "../kernel/restart.ts"
import { service } from "../kernel/service.ts"
import type { update } from "./config.ts"
import { downgrade, notABinary } from "./faults.ts"
import { baseUrlOf, findUpdate, type Found } from "./find.ts"
import type { ReleaseKey } from "./manifest.ts"
import { readRecord, type UpdateRecord } from "./record.ts"
import { versionOf } from "./try-out.ts"
import { startUpdater } from "./updater.ts"

export interface UpdateStatus {
  version: string
  channel: string
  /** Where releases are served. */
  source?: string
  /** The program that runs, when it is a compiled one. */
  binary?: string
  offered?: { version: string; is: Found["is"] }
  /** Why nothing is known of what is offered. */
  problem?: { code: string; message: string; hint?: string }
  last?: UpdateRecord
}

export interface UpdateRequest {
  /** A session to wake once the gateway is back, and what to tell it. */
  sessionKey?: string
  note?: string
  restartDelayMs?: number
  /** How long the gateway may take to come back. */
  timeoutMs?: number
}

export type UpdateOutcome =
  | { status: "current"; version: string }
  /** The program in place is another one already; the gateway goes on as that. */
  | { status: "restarting"; from: string; to: string; delayMs: number }
  /** Another process does it, so that it outlives the gateway it restarts. */
  | { status: "started"; from: string; to: string }

/** What the running gateway can say of and do about its own version. */
export interface Updates {
  /** `look`: ask where releases are served, at most once a minute. */
  status(options: { look?: boolean }): Promise<UpdateStatus>
  run(request: UpdateRequest): Promise<UpdateOutcome>
}
export const Updates = service<Updates>("updates")

const lookEveryMs = 60_000

export const createUpdates = (options: {
  version: string
  binary: string | undefined
  paths: Paths
  env: Env
  clock: Clock
  config: () => z.infer<typeof update.schema>
  restarts: Restarts
  keys: readonly ReleaseKey[]
}): Updates => {
  const { version, binary, paths, env, clock, config, restarts, keys } = options
  let wake: Pick<UpdateRequest, "sessionKey" | "note"> = {}
  let looked: { at: number; result: Pick<UpdateStatus, "offered" | "problem"> } | undefined

  const source = () => baseUrlOf(config(), env)
  const find = () => {
    if (!binary) throw notABinary()
    const { channel } = config()
    return findUpdate({
      version,
      target: binary,
      channel,
      keys,
      baseUrl: source(),
      now: clock.now(),
    })
  }
  const look = async (): Promise<Pick<UpdateStatus, "offered" | "problem">> => {
    try {
      const { to, is } = await find()
      return { offered: { version: to, is } }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const { code, message, hint } = error
      return { problem: { code, message, hint } }
    }
  }

  return {
    async status({ look: wanted = false }) {
      if (wanted && (!looked || clock.now() - looked.at >= lookEveryMs))
        looked = { at: clock.now(), result: await look() }
      return {
        version,
        channel: config().channel,
        source: source(),
        binary,
        ...looked?.result,
        last: readRecord(paths.state),
      }
    },

    async run({ sessionKey, note, restartDelayMs, timeoutMs }) {
      if (!binary) throw notABinary()
      if (sessionKey || note) wake = { sessionKey, note }
      const inPlace = await versionOf(binary)
      if (inPlace && inPlace !== version) {
        const restart = { reason: "update.run", delayMs: restartDelayMs, ...wake }
        const { delayMs } = await restarts.request(restart)
        return { status: "restarting", from: version, to: inPlace, delayMs }
      }
      const { from, to, is } = await find()
      if (is === "current") return { status: "current", version }
      if (is === "older") throw downgrade({ from, to })
      const seconds = timeoutMs ? [`--timeout=${Math.ceil(timeoutMs / 1000)}`] : []
      await startUpdater([binary, "update", "--json", ...seconds], {
        ...env,
        FASED_STATE_DIR: paths.state,
        FASED_CONFIG_PATH: paths.config,
        FASED_PROFILE: paths.profile,
      })
      return { status: "started", from, to }
    },
  }
}
