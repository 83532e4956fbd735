import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { AnyChannel, Arrival, Heard } from "../kernel/network.ts"
import { unknownAccount } from "./account-faults.ts"
import { type Accounts, type AccountStatus, type Live, soleAccount } from "./accounts.ts"
import { keep, type Kept, type Surroundings, type Wanted } from "./keep.ts"

/** An account as the config has it. */
export interface Configured extends Wanted {
  enabled: boolean
  /** Meant where none is named. */
  isDefault: boolean
  /** What it lacks to be connected. */
  lacks?: string
  credentialSource?: "config" | "environment" | "file" | "none"
}

/** Which accounts an operator's words are about: all of a channel, or one. */
export interface Which {
  channel: string
  account?: string
}

export interface Supervisor extends Omit<Accounts, "onConnected"> {
  /** Connects and disconnects what the config wants now; only what changed is touched. */
  follow(): void
  start(which: Which): readonly string[]
  /** Until it is started again, or the gateway is. */
  stop(
    which: Which,
    why?: { state: "stopped" | "needs-login"; reason: string; hint?: string },
  ): Promise<readonly string[]>
  /** The account meant: the default one where none is named. Throws `channels.unknown-account`. */
  one(which: Which): Configured
  all(): readonly { wanted: Configured; status: AccountStatus; live: Live | undefined }[]
  /** Every account was tried once. */
  readonly settled: boolean
  close(): Promise<void>
}

const closeMs = 3_000

/** Every account of the config, each kept on its own: what befalls one is nothing to the others. */
export const createSupervisor = (options: {
  configured(): readonly Configured[]
  surroundings(of: Wanted, signal: AbortSignal): Promise<Surroundings>
  arrived(from: Wanted, arrival: Arrival): Promise<Heard>
  connected(channel: string, account: string): void
  changed(status: AccountStatus): void
  random?(): number
  clock: Clock
  log: Log
}): Supervisor => {
  const { configured, clock, log, random = Math.random } = options
  const kept = new Map<string, { wanted: Configured; keeper: Kept }>()
  /** Those on their way out, by name: the next of that name waits for it. */
  const leaving = new Map<string, Promise<unknown>>()
  const since = clock.now()
  let closed = false

  const leave = (name: string, state: "disabled" | "stopped") => {
    const entry = kept.get(name)
    if (!entry) return
    kept.delete(name)
    const gone = Promise.all([leaving.get(name), entry.keeper.stop(state)]).finally(
      () => leaving.get(name) === gone && leaving.delete(name),
    )
    leaving.set(name, gone)
  }

  const enter = (name: string, wanted: Configured) => {
    const { channel, account, config } = wanted
    const before = leaving.get(name)
    const keeper = keep(wanted, {
      async surroundings(signal) {
        await before
        return options.surroundings(wanted, signal)
      },
      hand: (arrival) => options.arrived({ channel, account, config }, arrival),
      connected: () => options.connected(channel.id, account),
      changed: options.changed,
      random,
      clock,
      log,
    })
    kept.set(name, { wanted, keeper })
    keeper.start()
  }

  /** Of an account that is not kept: why. */
  const resting = ({ channel, account, enabled, lacks }: Configured): AccountStatus => ({
    channel: channel.id,
    account,
    state: enabled ? "unconfigured" : "disabled",
    since,
    ...(enabled
      ? lacks && { reason: lacks, hint: `Set it up with: fased channels add ${channel.id}` }
      : { hint: `Switch it on with: fased config set ${switchOf(channel, account)} true` }),
    failures: 0,
    restarts: 0,
    waiting: 0,
  })

  const find = ({ channel, account }: Which) => {
    const of = configured().filter((one) => one.channel.id === channel)
    const found = account === undefined ? of : of.filter((one) => one.account === account)
    if (!found.length)
      throw unknownAccount({ channel, account, known: of.map((one) => one.account) })
    return found
  }
  const statusOf = (one: Configured) =>
    (one.enabled && kept.get(nameOf(one))?.keeper.status) || resting(one)

  return {
    connection(channel, account) {
      const of = configured().filter((one) => one.channel.id === channel)
      const one = of.find((one) =>
        account === undefined ? one.isDefault : one.account === account,
      )
      // The config may say otherwise already, and the keeper not know it yet.
      return one && ((one.enabled && kept.get(nameOf(one))?.keeper.live) || statusOf(one))
    },
    list: () => configured().map(statusOf),
    one: (which) => {
      const found = find(which)
      return found.find(({ isDefault }) => isDefault) ?? found[0]!
    },
    all: () =>
      configured().map((wanted) => ({
        wanted,
        status: statusOf(wanted),
        live: wanted.enabled ? kept.get(nameOf(wanted))?.keeper.live : undefined,
      })),
    follow() {
      if (closed) return
      const wanted = new Map(
        configured()
          .filter(({ enabled, lacks }) => enabled && !lacks)
          .map((one) => [nameOf(one), one]),
      )
      for (const [name, { wanted: had }] of kept) {
        const now = wanted.get(name)
        const same = now?.channel === had.channel && Bun.deepEquals(now.config, had.config)
        if (!same) leave(name, now ? "stopped" : "disabled")
      }
      for (const [name, one] of wanted) if (!kept.has(name)) enter(name, one)
    },
    start(which) {
      const found = find(which).filter(({ enabled, lacks }) => enabled && !lacks)
      for (const one of found) {
        const entry = kept.get(nameOf(one))
        if (entry) entry.keeper.start()
        else enter(nameOf(one), one)
      }
      return found.map(({ account }) => account)
    },
    async stop(which, { state, ...why } = stoppedByHand(which)) {
      const found = find(which).filter((one) => kept.has(nameOf(one)))
      await Promise.all(found.map((one) => kept.get(nameOf(one))!.keeper.stop(state, why)))
      return found.map(({ account }) => account)
    },
    get settled() {
      return [...kept.values()].every(({ keeper }) => keeper.settled)
    },
    async close() {
      closed = true
      for (const name of kept.keys()) leave(name, "stopped")
      const over = Promise.withResolvers<void>()
      const cancel = clock.after(closeMs, over.resolve)
      await Promise.race([Promise.allSettled(leaving.values()), over.promise])
      cancel()
    },
  }
}

const switchOf = ({ id }: AnyChannel, account: string) =>
  `channels.${id}.${account === soleAccount ? "" : `accounts.${account}.`}enabled`

const stoppedByHand = ({ channel, account }: Which) => ({
  state: "stopped" as const,
  reason: "Stopped by hand.",
  hint: `Start it with: fased channels start ${channel}${account === undefined ? "" : ` --account ${account}`}`,
})

const nameOf = ({ channel, account }: { channel: AnyChannel; account: string }) =>
  JSON.stringify([channel.id, account])
