import { Devices } from "../devices/store.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus, Subscriptions } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import { createNodes } from "./create.ts"
import { createLinks } from "./links.ts"
import { createRemembered, Remembered } from "./remembered.ts"
import { NodeRules, Nodes } from "./service.ts"
import { createNodeStore, NodeRecords } from "./store.ts"

/** Builds all that knows of nodes. The gateway adds `Subscriptions` when its port is open. */
export const provideNodes = (services: Services) => {
  const clock = services.get(Clock)
  const store = services.provide(NodeRecords, createNodeStore(services.get(Store)))
  const links = createLinks({
    bus: services.get(Bus),
    subscriptions: () => services.get(Subscriptions),
    clock,
  })
  services.provide(Remembered, createRemembered(clock))
  services.provide(
    Nodes,
    createNodes({
      devices: services.get(Devices),
      store,
      links,
      rules: () => services.get(NodeRules),
      clock,
      log: services.get(Log),
    }),
  )
}
