import { Clock } from "../kernel/clock.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { Bus } from "../kernel/event.ts"
import { madeOnce } from "../kernel/later.ts"
import { Log } from "../kernel/log.ts"
import { Counts } from "../kernel/metric.ts"
import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import { PlaceRules } from "../tools/standing.ts"
import { createDrops, Drops } from "./drops.ts"
import { createPairing, Pairing } from "./pairing.ts"
import { createPlaceRules } from "./place-rules.ts"
import { createPairingStore } from "./store.ts"

/** What knows who is let in, and what was turned away; built when it is first asked. */
export const provideAccess = (services: Services) => {
  const clock = services.get(Clock)
  const log = services.get(Log)
  const pairing = madeOnce(() =>
    createPairing({
      store: createPairingStore(services.get(Store)),
      deliver: (to, content, key) => services.get(Deliveries).deliver(to, content, { key }),
      bus: services.get(Bus),
      clock,
      log,
    }),
  )
  services.provideLive(Pairing, pairing)
  const drops = madeOnce(() =>
    createDrops({
      clock,
      log: log.for("channels"),
      counts: () => (services.has(Counts) ? services.get(Counts) : undefined),
    }),
  )
  services.provideLive(Drops, drops)
  services.provide(PlaceRules, createPlaceRules(services))
}
