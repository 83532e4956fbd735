import type { Receive } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { RestartRequest, Restarts } from "../kernel/restart.ts"
import { cannotRestart } from "./faults.ts"
import type { RestartStore } from "./store.ts"

/** Takes the gateway down and starts it again, in the same process or in its place. */
export interface Runner {
  /** Throws what keeps it from doing so. */
  check(): void
  begin(reason: string): void
}

/** Unless a request says otherwise: time to read its answer. */
const usualDelayMs = 2_000
/** From one restart to the next. */
const cooldownMs = 30_000

/**
 * Grants restarts: one at a time, and not soon after another. What is to be said afterwards is on
 * disk before anyone hears that there will be one.
 */
export const createRestarts = async (options: {
  store: RestartStore
  clock: Clock
  log: Log
  /** Throws what would keep the gateway from starting again. */
  preflight: () => Promise<void>
  /** Whoever runs this process, where they can bring it back. */
  runner: Runner | undefined
}): Promise<Restarts & { close(): void }> => {
  const { store, clock, runner } = options
  const log = options.log.for("gateway")
  const notBefore = ((await store.last())?.doneAt ?? -cooldownMs) + cooldownMs
  let pending: { at: number; cancel: () => void } | undefined

  const ready = async (): Promise<Runner> => {
    if (!runner) throw cannotRestart({ reason: "it is part of another program" })
    runner.check()
    await options.preflight()
    return runner
  }

  const begin = async (reason: string) => {
    try {
      const runner = await ready()
      runner.begin(reason)
    } catch (error) {
      pending = undefined
      await store.drop()
      const { message: problem, hint } = error as Partial<Fault>
      log.error("restart called off; the gateway goes on running", { reason, problem, hint })
    }
  }

  return {
    async request({ reason, delayMs = usualDelayMs, ...wake }: RestartRequest) {
      await ready()
      await store.add({ reason, ...wake, requestedAt: clock.now() })
      const now = clock.now()
      if (pending) return { delayMs: Math.max(0, pending.at - now), coalesced: true }
      const at = Math.max(now + delayMs, notBefore)
      const cancel = clock.after(at - now, () => void begin(reason))
      pending = { at, cancel }
      log.info("restarting soon", { reason, inMs: at - now })
      return { delayMs: at - now, coalesced: false }
    },
    close: () => pending?.cancel(),
  }
}

/** Says what was to be said after the restart that this start completes, to each session once. */
export const wakeAfterRestart = async (options: {
  store: RestartStore
  receive: Receive
  clock: Clock
  log: Log
}) => {
  const { store, receive, clock } = options
  const log = options.log.for("gateway")
  const restarts = await store.open()
  for (const { id, reason, sessionKey, note } of restarts) {
    log.info("back after a restart", { reason })
    if (!sessionKey) continue
    const text = [`The gateway has restarted (${reason}) and is back.`, note]
    const message = {
      channel: "gateway",
      account: "restart",
      chat: sessionKey,
      id: String(id),
      sender: { kind: "operator", clientId: "gateway", admin: false },
      text: text.filter(Boolean).join("\n\n"),
    } as const
    await receive(message).catch((error: unknown) =>
      log.warn("a session could not be woken after the restart", { session: sessionKey, error }),
    )
  }
  if (restarts.length) await store.finish(clock.now())
}
