import { Clock } from "../../kernel/clock.ts"
import { Log } from "../../kernel/log.ts"
import type { Services } from "../../kernel/service.ts"
import { hooks } from "../config.ts"
import { GmailWatching } from "./service.ts"
import { watchOf } from "./settings.ts"

/** Nobody reads mail in the rush of a start. */
const quietMs = 5_000

/** Watches a mailbox, where the config says one. What does that is loaded then. */
export const provideGmail = (services: Services) => {
  const load = async () => (await import("./watcher.ts")).createGmailWatcher(services)
  let loaded: ReturnType<typeof load> | undefined
  const work = () => (loaded ??= load())
  services.provide(GmailWatching, async () => (await work()).watcher)
  const log = services.get(Log).for("webhooks")
  const plan = async () => {
    try {
      if (loaded || watchOf(services.get(hooks))) (await work()).plan()
    } catch (error) {
      log.error("the mailbox cannot be watched", { error })
    }
  }
  const cancel = services.get(Clock).after(quietMs, () => void plan())
  return {
    /** The config is another. */
    replan: () => void plan(),
    async rest() {
      cancel()
      ;(await loaded)?.rest()
    },
    async close() {
      cancel()
      await (await loaded)?.close()
    },
  }
}
