import { Counts } from "../../src/kernel/metric.ts"
import { Services } from "../../src/kernel/service.ts"

/** Services in which nobody counts. */
export const uncounted = () => {
  const services = new Services()
  services.provide(Counts, { add: () => {}, took: () => {} })
  return services
}
