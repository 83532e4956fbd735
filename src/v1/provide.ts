import { Clock } from "../kernel/clock.ts"
import type { Services } from "../kernel/service.ts"
import { Media } from "../media/service.ts"
import { Store } from "../store/database.ts"
import { createLaggards, Laggards } from "./laggards.ts"
import { createResponseMemory, ResponseMemory } from "./responses-memory.ts"
import { createResponseStore } from "./responses-store.ts"

/** What the requests to the HTTP APIs have in common. */
export const provideApis = (services: Services): void => {
  const memory = createResponseMemory({
    store: createResponseStore(services.get(Store)),
    media: services.get(Media),
    clock: services.get(Clock),
  })
  services.provide(ResponseMemory, memory)
  services.provide(Laggards, createLaggards())
}
