import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import { BackgroundBudget } from "./background.ts"
import { Tasks } from "./service.ts"
import { hasWork } from "./store.ts"

/** Offers tasks. What works on them is loaded when there is one, or when somebody asks. */
export const provideCron = (services: Services) => {
  const load = async () => {
    const work = (await import("./create.ts")).createWork(services)
    await work.start()
    return work
  }
  let loaded: ReturnType<typeof load> | undefined
  const work = () => (loaded ??= load())
  services.provide(Tasks, async () => (await work()).tasks)
  services.provide(BackgroundBudget, async () => (await work()).budget)
  return {
    /** Takes up what is due, and what a dead process was at. */
    async start() {
      if (hasWork(services.get(Store))) await work()
    },
    /** The config is another. */
    async replan() {
      ;(await loaded)?.replan()
    },
    /** Starts no more runs. */
    async rest() {
      ;(await loaded)?.rest()
    },
    async close() {
      await (await loaded)?.close()
    },
  }
}
