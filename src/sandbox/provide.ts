import { agents } from "../agents/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { createSandboxes } from "./create.ts"
import { createDocker } from "./docker.ts"
import { Sandboxes } from "./service.ts"

/** Builds what keeps containers. `close` ends the tidying; the containers stay for the next start. */
export const provideSandboxes = (services: Services) => {
  const clock = services.get(Clock)
  const sandboxes = createSandboxes({
    config: () => services.get(agents),
    paths: services.get(Paths),
    docker: createDocker(services.get(Environment), clock),
    clock,
    log: services.get(Log),
  })
  services.provide(Sandboxes, sandboxes)
  return sandboxes
}
