import { agents, defaultAgentId } from "../agents/config.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Models } from "../models/service.ts"
import { Store } from "../store/database.ts"
import { createArchiveStore } from "./archive-store.ts"
import { Archives } from "./archives.ts"
import { session as sessionSection } from "./config.ts"
import { createDirectory, Directory } from "./directory.ts"
import { createLists, Lists } from "./lists.ts"
import { createSearch, Search } from "./search.ts"
import { createSearchStore } from "./search-store.ts"
import { Sessions } from "./session.ts"
import { createSessionStore } from "./store.ts"
import { createUpkeep, Upkeep } from "./upkeep.ts"
import { createUpkeepStore } from "./upkeep-store.ts"

/** Builds all that knows of sessions; `close` ends the work that goes on beside the turns. */
export const provideSessions = (services: Services) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("sessions")
  const db = services.get(Store)
  const settings = () => services.get(sessionSection)
  let zone: string | undefined // looked up when it is first needed: that takes milliseconds
  const sessions = services.provide(Sessions, createSessionStore(db))
  const directory = services.provide(
    Directory,
    createDirectory({
      store: sessions,
      bus: services.get(Bus),
      now: clock.now,
      defaultAgent: () => defaultAgentId(services.get(agents)),
      settings,
      zone: () => (zone ??= Intl.DateTimeFormat().resolvedOptions().timeZone),
    }),
  )
  const { defaultRef: defaultModel } = services.get(Models)
  services.provide(Lists, createLists({ directory, clock, defaultModel }))
  const search = createSearch({ store: () => createSearchStore(db), clock, log })
  services.provide(Search, search)
  let archives: Archives | undefined
  services.provideLive(Archives, () => (archives ??= createArchiveStore(db)))
  const upkeep = createUpkeep({
    store: () => createUpkeepStore(db),
    directory,
    sessions,
    settings,
    clock,
    log,
  })
  services.provide(Upkeep, upkeep)
  return {
    sessions,
    directory,
    close() {
      search.close()
      upkeep.close()
    },
  }
}
