import { Ingress } from "../channels/ingress.ts"
import { type Arrivals, createArrivals, isAnyWaiting } from "../inbox/arrivals.ts"
import type { Inbound } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import type { openIngress, Take } from "./open-ingress.ts"

/** How long a network may still send what it sent before. */
const memoryMs = 7 * 24 * 3_600_000

/**
 * The way in from chat networks, loaded when the first message comes: a gateway without any does
 * without. `recover` takes up what a dead process had heard and not dealt with.
 */
export const provideIngress = (services: Services, take: Take) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("inbox")
  const db = services.get(Store)
  let opened: Promise<ReturnType<typeof openIngress>> | undefined
  let stopForgetting = () => {}

  const forget = (arrivals: Arrivals) =>
    arrivals
      .prune(clock.now() - memoryMs)
      .catch((error: unknown) => log.warn("old arrivals could not be forgotten", { error }))
  const open = () =>
    (opened ??= (async () => {
      const { openIngress } = await import("./open-ingress.ts")
      const arrivals = createArrivals(db)
      stopForgetting = clock.every(3_600_000, () => void forget(arrivals))
      return openIngress(services, arrivals, take)
    })())

  services.provide(Ingress, {
    arrived: async (source, arrival) => (await open()).arrived(source, arrival),
  })
  return {
    async recover() {
      if (isAnyWaiting(db)) await (await open()).recover()
    },
    /** People are judged again; what others handed in was judged when it came. */
    stillHeard: async (message: Inbound) =>
      message.sender.kind !== "person" || (await open()).stillHeard(message),
    async close() {
      stopForgetting()
      await (await opened)?.close()
    },
  }
}
