import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Budgets } from "./budgets.ts"
import { chargeOf } from "./price.ts"
import type { Ledger, RecordedCall } from "./service.ts"
import type { UsageStore } from "./store.ts"
import { sumOf } from "./sum.ts"

const flushMs = 1000
/** Calls kept for a disk that takes none; the oldest go first. */
const mostPending = 20_000
const pruneEveryMs = 24 * 3_600_000
const pruneStep = 2000
const dayMs = 86_400_000

/** Keeps the books. A call is noted in memory and written with others within a second. */
export const createLedger = ({
  store,
  budgets,
  keep,
  count,
  clock,
  log,
}: {
  store: UsageStore
  budgets: Budgets
  /** Days for which calls, and sums of them, are kept. */
  keep: () => { keepCalls: number; keepSums: number }
  /** Is told of each call besides. */
  count: (call: RecordedCall) => void
  clock: Clock
  log: Log
}): Ledger & { flush(): Promise<void>; close(): Promise<void> } => {
  let pending: RecordedCall[] = []
  let cancel: (() => void) | undefined
  let prunedAt: number | undefined
  let closed = false

  const flush = async () => {
    cancel?.()
    cancel = undefined
    const calls = pending
    pending = []
    if (!calls.length) return
    try {
      await store.add(calls)
    } catch (error) {
      log.warn("what models used could not be written, and is tried again", { error })
      pending = [...calls, ...pending].slice(-mostPending)
      flushSoon()
    }
  }

  const flushSoon = () => {
    if (!closed) cancel ??= clock.after(flushMs, () => void flush().then(prune).catch(pruneFailed))
  }

  const pruneFailed = (error: unknown) => log.warn("old usage could not be removed", { error })

  /** A little at a time, so that nobody waits for it. */
  const prune = async () => {
    const now = clock.now()
    if (prunedAt !== undefined && now - prunedAt < pruneEveryMs) return
    const { keepCalls, keepSums } = keep()
    const before = { calls: now - keepCalls * dayMs, sums: now - keepSums * dayMs }
    const removed = await store.prune(before, pruneStep)
    if (!removed) prunedAt = now
  }

  return {
    admit: (who) => budgets.admit(who),
    standing: () => budgets.standing(),
    record({ who, model, usage, startedAt, outcome }) {
      const charge = chargeOf(model, usage)
      // The embedded guide is no language model and reads no tokens.
      if (!model.api) return charge
      const at = clock.now()
      const call: RecordedCall = {
        ...who,
        at,
        provider: model.provider,
        model: model.model,
        profile: model.way?.id,
        tokens: charge.billing === "uncounted" ? undefined : usage,
        charge,
        ms: Math.max(0, at - startedAt),
        outcome,
      }
      pending.push(call)
      budgets.add(who, sumOf(call))
      count(call)
      flushSoon()
      return charge
    },
    flush,
    async close() {
      closed = true
      await flush()
    },
  }
}
