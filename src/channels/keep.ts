import type { Clock } from "../kernel/clock.ts"
import { pause } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { ConnectContext } from "../kernel/connect-context.ts"
import {
  type AnyChannel,
  type Arrival,
  type Connection,
  connectionOver,
  type Heard,
} from "../kernel/network.ts"
import { accountLabel, type AccountState, type AccountStatus, type Live } from "./accounts.ts"
import { type Arrivals, createArrivals } from "./arrivals.ts"
import { backoffMs } from "./backoff.ts"
import { TooSlow, within } from "../kernel/deadline.ts"
import { guard } from "./guard.ts"
import { teller } from "./told.ts"
import { judge, type Verdict } from "./verdict.ts"

const connectMs = 60_000
const closeMs = 2_000
/** Up for so long, its failures are forgotten. */
const steadyMs = 60_000
const lookEveryMs = 15_000
/** Without a sign of life for so long it is shown as silent, and then connected anew. */
const silentMs = 120_000
const deadMs = 240_000

/** One account to connect, with its settings as they are to be used. */
export interface Wanted {
  channel: AnyChannel
  account: string
  config: unknown
}

/** What the adapter is given beside what the keeper itself knows. */
export type Surroundings = Omit<ConnectContext, "arrived" | "alive" | "signal" | "clock" | "log">

export interface Kept {
  readonly status: AccountStatus
  readonly live: Live | undefined
  /** Has been tried once, whatever came of it. */
  readonly settled: boolean
  start(): void
  /** At once: nothing comes in or goes out any more. Resolves when the adapter is gone, or given up on. */
  stop(state: AccountState, why?: Pick<AccountStatus, "reason" | "hint">): Promise<void>
}

/** Connects one account and keeps it connected. Whatever its adapter does stays here. */
export const keep = (
  { channel, account, config }: Wanted,
  options: {
    surroundings(signal: AbortSignal): Promise<Surroundings>
    hand(arrival: Arrival): Promise<Heard>
    connected(): void
    /** Its state, or why it is in it, is another. */
    changed(status: AccountStatus): void
    random(): number
    clock: Clock
    log: Log
  },
): Kept => {
  const { clock } = options
  const log = options.log.for(`channels/${channel.id}`)
  const label = accountLabel(channel.label, account)
  const told = teller(config)
  const facts: Omit<AccountStatus, "waiting"> = {
    channel: channel.id,
    account,
    state: "connecting",
    since: clock.now(),
    failures: 0,
    restarts: 0,
  }
  let arrivals: Arrivals | undefined
  let live: (Live & { end(): void }) | undefined
  let running: AbortController | undefined
  /** The run there was last; the next one begins when it is gone. */
  let last = Promise.resolve()
  let settled = false

  const status = (): AccountStatus => ({ ...facts, waiting: arrivals?.waiting ?? 0 })
  const set = (
    state: AccountState,
    more: Pick<AccountStatus, "reason" | "hint" | "retryAt"> = {},
  ) => {
    if (facts.state !== state) facts.since = clock.now()
    Object.assign(facts, { state, reason: undefined, hint: undefined, retryAt: undefined }, more)
    delete facts.silent
    if (state !== "connecting") settled = true
    options.changed(status())
  }

  /** Watches for signs of life; an adapter that never shows one is not judged by them. */
  const watch = (signal: AbortSignal) => {
    let last: number | undefined
    const dead = Promise.withResolvers<never>()
    dead.promise.catch(() => undefined)
    const stop = clock.every(lookEveryMs, () => {
      const quietMs = last === undefined ? 0 : clock.now() - last
      if (quietMs >= silentMs && !facts.silent) {
        facts.silent = true
        log.warn("no sign of life", { account, seconds: Math.round(quietMs / 1000) })
        options.changed(status())
      }
      if (quietMs >= deadMs)
        dead.reject(connectionOver({ why: "gone", text: `${label} showed no sign of life.` }))
    })
    signal.addEventListener("abort", stop, { once: true })
    return {
      dead: dead.promise,
      alive() {
        last = clock.now()
        if (!facts.silent) return
        delete facts.silent
        options.changed(status())
      },
    }
  }

  const close = async (connection: Connection) => {
    try {
      await within(clock, closeMs, () => connection.close())
    } catch (error) {
      log.warn("a connection does not close", { account, error: told(error) })
    }
  }

  /** One connection, from its first word to its end. */
  const attempt = async (outer: AbortSignal): Promise<Verdict> => {
    const abort = new AbortController()
    const onAbort = () => abort.abort(outer.reason)
    outer.addEventListener("abort", onAbort, { once: true })
    const { signal } = abort
    const { alive, dead } = watch(signal)
    const incoming = createArrivals({
      label,
      signal,
      clock,
      hand(arrival) {
        facts.lastInboundAt = clock.now()
        return options.hand(arrival)
      },
    })
    arrivals = incoming
    let connection: Connection | undefined
    let abandoned = false
    set("connecting")
    facts.lastStartAt = clock.now()
    try {
      const surroundings = await options.surroundings(signal)
      const opening = (async () =>
        channel.connect(config, {
          ...surroundings,
          alive,
          arrived(arrival) {
            alive()
            return incoming.arrived(arrival)
          },
          signal,
          clock,
          log,
        }))()
      // One that comes too late belongs to nobody.
      const taking = opening.then((made) => {
        if (abandoned) void close(made)
        else connection = made
        return made
      })
      const made = await within(clock, connectMs, () => taking, signal)
      const { over } = made
      over.catch(() => undefined)
      const guarded = guard(made, {
        label,
        clock,
        log,
        told,
        sent: () => (facts.lastOutboundAt = clock.now()),
      })
      live = { ...guarded, config }
      facts.lastConnectedAt = clock.now()
      facts.self = nameOf(made.self)
      set("connected")
      log.info("connected", { account, self: facts.self })
      options.connected()
      return await Promise.race([over, dead, aborted(signal)])
    } catch (error) {
      return judge(
        error instanceof TooSlow ? connectionOver({ why: "gone", text: told(error) }) : error,
        channel,
        told,
      )
    } finally {
      outer.removeEventListener("abort", onAbort)
      abandoned = true
      live?.end()
      live = undefined
      abort.abort(new Error(`${label} was disconnected`))
      if (connection) await close(connection)
      facts.lastStopAt = clock.now()
    }
  }

  const run = async (signal: AbortSignal) => {
    for (let first = true; !signal.aborted; first = false) {
      if (!first) facts.restarts++
      const verdict = await attempt(signal)
      if (signal.aborted) return
      const { reason, hint } = verdict
      const upMs =
        facts.lastConnectedAt! >= facts.lastStartAt! ? clock.now() - facts.lastConnectedAt! : 0
      facts.failures = (upMs >= steadyMs ? 0 : facts.failures) + 1
      facts.lastError = reason
      if ("rests" in verdict) {
        log.error("connection refused", { account, reason })
        return set(verdict.rests, { reason, hint })
      }
      const waitMs = backoffMs(verdict.why, facts.failures, options.random())
      const said = verdict.bug ? "error" : "warn"
      log[said]("connection ended", {
        account,
        reason,
        failures: facts.failures,
        retryInMs: waitMs,
      })
      set("backing-off", { reason, hint, retryAt: clock.now() + waitMs })
      await pause(clock, waitMs, signal).catch(() => undefined)
    }
  }

  return {
    get status() {
      return status()
    },
    get live() {
      return live && { connection: live.connection, config }
    },
    get settled() {
      return settled
    },
    start() {
      if (running) return
      const abort = (running = new AbortController())
      facts.failures = 0
      last = last
        .then(() => run(abort.signal))
        .catch((error: unknown) => log.error("the keeper of an account failed", { account, error }))
        .finally(() => running === abort && (running = undefined))
    },
    async stop(state, why) {
      live?.end()
      live = undefined
      running?.abort(new Error(`${label} is being stopped`))
      running = undefined
      set(state, why)
      await last
    },
  }
}

/** Never resolves; rejects when the signal aborts. */
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  })

const nameOf = ({ username, name, ids }: Connection["self"]) =>
  username ? `@${username.replace(/^@/, "")}` : (name ?? ids[0])
