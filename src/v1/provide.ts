import { Clock } from "../kernel/clock.ts"
import type { Services } from "../kernel/service.ts"
import { Media } from "../media/service.ts"
import { Store } from "../store/database.ts"
import { createResponseMemory, ResponseMemory } from "./responses-memory.ts"
import { createResponseStore } from "./responses-store.ts"

/** What the HTTP APIs keep between requests. */
export const provideResponses = (services: Services): void => {
  const memory = createResponseMemory({
    store: createResponseStore(services.get(Store)),
    media: services.get(Media),
    clock: services.get(Clock),
  })
  services.provide(ResponseMemory, memory)
}
