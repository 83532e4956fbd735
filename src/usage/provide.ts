import { agents } from "../agents/config.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import { Budgets } from "./budgets.ts"
import { usage } from "./config.ts"
import { budgetReached } from "./events.ts"
import { Counts } from "../kernel/metric.ts"
import { createLedger } from "./ledger.ts"
import { createUsages } from "./report.ts"
import { countCall } from "./metrics.ts"
import { Ledger, Usages, Zone } from "./service.ts"
import { createUsageStore } from "./store.ts"

/** Builds the books of what models are used for; `close` writes what is not written yet. */
export const provideUsage = async (services: Services) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("usage")
  const bus = services.get(Bus)
  const config = () => services.get(usage)
  const store = createUsageStore(services.get(Store))
  /** Looked up when it is first asked for: loading time zones takes milliseconds. */
  let own: string | undefined
  const zone = () =>
    services.get(agents).defaults.userTimezone ??
    (own ??= Intl.DateTimeFormat().resolvedOptions().timeZone)
  const budgets = new Budgets({
    config: () => config().budgets,
    zone,
    clock,
    async since(from) {
      await ledger.flush()
      return store.between(from, Number.MAX_SAFE_INTEGER)
    },
    tell(standing) {
      const { setting, of, state, spent, limit, unit } = standing
      const said = state === "spent" ? "a budget is spent" : "a budget is nearly spent"
      log.warn(said, { setting, of, spent, limit, unit })
      bus.emit(budgetReached, { ...standing, ts: clock.now() })
    },
  })
  const ledger = createLedger({
    store,
    budgets,
    keep: config,
    count: (call) => countCall(services.get(Counts), call),
    clock,
    log,
  })
  services.provide(Ledger, ledger)
  services.provide(Zone, zone)
  services.provide(Usages, createUsages({ store, flush: ledger.flush, zone, clock }))
  if (config().budgets.length) await budgets.ready()
  return ledger
}
