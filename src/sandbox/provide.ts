import { agents } from "../agents/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { SandboxPrompt } from "../kernel/prompt-part.ts"
import type { Services } from "../kernel/service.ts"
import { createSandboxes } from "./create.ts"
import { createDocker } from "./docker.ts"
import { sandboxSection } from "./prompt.ts"
import { scopeOf } from "./scope.ts"
import { Sandboxes } from "./service.ts"

/** Builds what keeps containers. `close` ends the tidying; the containers stay for the next start. */
export const provideSandboxes = (services: Services) => {
  const clock = services.get(Clock)
  const paths = services.get(Paths)
  const config = () => services.get(agents)
  const docker = createDocker(services.get(Environment), clock)
  const sandboxes = createSandboxes({ config, paths, docker, clock, log: services.get(Log) })
  services.provide(Sandboxes, sandboxes)
  services.provide(SandboxPrompt, {
    async section(whose) {
      const scope = scopeOf(whose, config(), paths)
      return scope && sandboxSection(scope)
    },
  })
  return sandboxes
}
