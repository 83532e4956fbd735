import { Clock } from "../kernel/clock.ts"
import type { Services } from "../kernel/service.ts"
import { createAttempts } from "./attempts.ts"
import { provideGmail } from "./gmail/provide.ts"
import { GatewaySecret, HookAttempts } from "./needs.ts"

/** `gatewaySecret` is read at each call: what guards the gateway guards no hook. Gives what watches a mailbox. */
export const provideWebhooks = (services: Services, gatewaySecret: () => string | undefined) => {
  services.provide(HookAttempts, createAttempts(services.get(Clock)))
  services.provide(GatewaySecret, gatewaySecret)
  return provideGmail(services)
}
