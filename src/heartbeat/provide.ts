import { agents } from "../agents/config.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { beatsOf } from "./beat.ts"
import { Heartbeats } from "./service.ts"

/** Nobody is woken in the rush of a start. */
const quietMs = 5000

/** Wakes agents now and then. What does that is loaded when the start is over, and anyone is to be woken. */
export const provideHeartbeats = (services: Services) => {
  const load = async () => (await import("./create.ts")).createHeartbeats(services)
  let loaded: ReturnType<typeof load> | undefined
  const work = () => (loaded ??= load())
  services.provide(Heartbeats, async () => (await work()).heartbeats)
  const plan = async () => {
    const isWanted = beatsOf(services.get(agents)).some(({ everyMs }) => everyMs > 0)
    if (loaded || isWanted) (await work()).plan()
  }
  const log = services.get(Log).for("heartbeat")
  const failed = (error: unknown) => log.error("heartbeats could not be planned", { error })
  let cancel: (() => void) | undefined
  return {
    start() {
      cancel = services.get(Clock).after(quietMs, () => void plan().catch(failed))
    },
    /** The config is another. */
    replan: () => void plan().catch(failed),
    async rest() {
      cancel?.()
      ;(await loaded)?.rest()
    },
    async close() {
      cancel?.()
      await (await loaded)?.close()
    },
  }
}
