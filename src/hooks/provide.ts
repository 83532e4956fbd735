import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { BootstrapHooks, type HookEvent, TellHooks } from "../kernel/hook-event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { InternalHooks } from "../webhooks/internal.ts"
import { hookEventOf } from "./bus-events.ts"

/** Nobody is told of a start in its rush. */
const quietMs = 5000
/** How long hooks may still run when the gateway stops. */
const patienceMs = 2000

/** Tells the hooks of this machine what happens. What runs them is loaded once one is switched on. */
export const provideHooks = (services: Services): (() => Promise<void>) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("hooks")
  const load = async () => (await import("./runner.ts")).createRunner(services)
  let loaded: ReturnType<typeof load> | undefined

  const isWanted = () => {
    const { enabled, entries } = services.get(InternalHooks)
    return enabled && Object.values(entries).some((entry) => entry.enabled)
  }
  const pass = async (event: HookEvent) => {
    try {
      await (await (loaded ??= load())).tell(event)
    } catch (error) {
      log.error("hooks cannot be read", { error })
    }
  }
  const tell = (event: HookEvent) => {
    if (isWanted()) void pass(event)
  }
  const begin: BootstrapHooks = async (about, files) => {
    try {
      return await (await (loaded ??= load())).bootstrap(about, files)
    } catch (error) {
      log.error("hooks cannot be read", { error })
      return undefined
    }
  }
  const gateway = (action: "startup" | "shutdown"): HookEvent => ({
    type: "gateway",
    action,
    timestamp: clock.now(),
    context: {},
  })

  services.provide(TellHooks, tell)
  services.provide(BootstrapHooks, (about, files) => (isWanted() ? begin(about, files) : undefined))
  const leave = services.get(Bus).on((kind, payload) => {
    if (!isWanted()) return
    const event = hookEventOf(kind.name, payload as Record<string, unknown>, clock.now())
    if (event) tell(event)
  })
  const cancel = clock.after(quietMs, () => tell(gateway("startup")))
  return async () => {
    cancel()
    leave()
    if (isWanted()) await pass(gateway("shutdown"))
    await (await loaded)?.close(patienceMs)
  }
}
