import { Paths } from "../config/paths.ts"
import { Devices } from "../devices/store.ts"
import { Receive } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus, Subscriptions } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Directory } from "../sessions/directory.ts"
import { Store } from "../store/database.ts"
import { createNodes } from "./create.ts"
import { createLinks } from "./links.ts"
import { createNews, News } from "./news.ts"
import { createRemembered, Remembered } from "./remembered.ts"
import { NodeRules, Nodes } from "./service.ts"
import { createNodeStore, NodeRecords } from "./store.ts"
import { createVoiceWake, VoiceWake } from "./voicewake.ts"

/** Builds all that knows of nodes. The gateway adds `Subscriptions` when its port is open. */
export const provideNodes = (services: Services) => {
  const clock = services.get(Clock)
  const bus = services.get(Bus)
  const voicewake = services.provide(
    VoiceWake,
    createVoiceWake({ paths: services.get(Paths), bus, clock }),
  )
  const store = services.provide(NodeRecords, createNodeStore(services.get(Store)))
  const links = createLinks({
    bus,
    subscriptions: () => services.get(Subscriptions),
    clock,
  })
  services.provide(Remembered, createRemembered(clock))
  const news = services.provide(
    News,
    createNews({
      receive: () => services.get(Receive),
      directory: services.get(Directory),
      events: () => services.get(SystemEvents),
      clock,
    }),
  )
  services.provide(
    Nodes,
    createNodes({
      devices: services.get(Devices),
      store,
      links,
      news,
      voicewake,
      rules: () => services.get(NodeRules),
      clock,
      log: services.get(Log),
    }),
  )
}
