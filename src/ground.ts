import { join } from "node:path"
import { agents } from "./agents/config.ts"
import { Elevation, mayElevate } from "./agents/elevated.ts"
import { KnownChannels } from "./channels/known.ts"
import type { Env, Paths as InstancePaths } from "./config/paths.ts"
import { Environment, Paths } from "./config/paths.ts"
import { Sections, Settings } from "./config/settings.ts"
import { gateway } from "./gateway/config.ts"
import { Ports, systemPorts } from "./gateway/ports.ts"
import { Clock } from "./kernel/clock.ts"
import { Log } from "./kernel/log.ts"
import { Services } from "./kernel/service.ts"
import { provideMcp } from "./mcp/provide.ts"
import { provideMemory } from "./memory/provide.ts"
import { modelAuthAtRest } from "./models/auth/provide.ts"
import { ModelAuth } from "./models/auth/service.ts"
import { models as modelsSection } from "./models/config.ts"
import { createModels } from "./models/create.ts"
import { createDiscovery } from "./models/discovery.ts"
import { createGuide } from "./models/guide.ts"
import { Models } from "./models/service.ts"
import { known } from "./registry/channels.ts"
import { migrations } from "./registry/migrations.ts"
import { sections } from "./registry/sections.ts"
import { tools } from "./registry/tools.ts"
import { createGuardedFetch } from "./net/create.ts"
import { GuardedFetch } from "./net/guarded-fetch.ts"
import { NodeRules } from "./nodes/service.ts"
import { provideServices } from "./services/provide.ts"
import { createServiceManager } from "./service/create.ts"
import { ServiceManager } from "./service/service.ts"
import { KnownSteps } from "./store/database-checks.ts"
import { provideSkills } from "./skills/provide.ts"
import { Disk, systemDisk } from "./store/disk.ts"
import { tools as toolsSection } from "./tools/config.ts"
import { ExecSettings } from "./tools/exec-settings.ts"
import { MediaToolSettings } from "./tools/media-settings.ts"
import { provideTools } from "./tools/provide.ts"
import { WebSettings } from "./tools/web-settings.ts"
import { Endpoints } from "./v1/config.ts"
import { provideWeb } from "./web/provide.ts"
import { hooks } from "./webhooks/config.ts"
import { InternalHooks } from "./webhooks/internal.ts"

/**
 * The services that need neither lock nor database: what a gateway is built on, and enough for
 * the doctor to look at an instance that does not run.
 */
export const layGround = ({
  paths,
  env,
  clock,
  log,
  settings,
}: {
  paths: InstancePaths
  env: Env
  clock: Clock
  log: Log
  settings: Settings
}): Services => {
  const services = new Services()
  services.provide(Clock, clock)
  services.provide(Log, log)
  services.provide(Environment, env)
  services.provide(Paths, paths)
  services.provide(Settings, settings)
  services.provide(Sections, sections)
  services.provide(KnownChannels, known)
  services.provide(Ports, systemPorts)
  services.provide(Disk, systemDisk)
  services.provide(GuardedFetch, createGuardedFetch({ clock }))
  services.provide(
    KnownSteps,
    migrations.map(({ id }) => id),
  )
  services.provide(ServiceManager, createServiceManager({ paths, env, clock }))
  for (const section of sections) services.provideLive(section, () => settings.section(section))
  const agentsConfig = () => settings.section(agents)
  services.provideLive(ModelAuth, modelAuthAtRest(services))
  services.provide(
    Models,
    createModels({
      config: () => settings.section(modelsSection),
      agents: agentsConfig,
      env,
      clock,
      guide: createGuide(),
      auth: () => services.get(ModelAuth),
      discovery: createDiscovery({ file: join(paths.state, "cache", "models.json"), clock }),
      log,
    }),
  )
  services.provide(Elevation, (standing) => {
    const agent = agentsConfig().list.find(({ id }) => id === standing.agentId)
    return mayElevate(standing, [settings.section(toolsSection).elevated, agent?.tools?.elevated])
  })
  services.provide(ExecSettings, () => settings.section(toolsSection).exec)
  services.provideLive(MediaToolSettings, () => settings.section(toolsSection).media)
  services.provideLive(InternalHooks, () => settings.section(hooks).internal)
  services.provideLive(WebSettings, () => settings.section(toolsSection).web)
  services.provideLive(NodeRules, () => settings.section(gateway).nodes)
  services.provideLive(Endpoints, () => settings.section(gateway).http.endpoints)
  provideWeb(services)
  provideMemory(services)
  provideTools(services, tools)
  provideMcp(services)
  provideServices(services)
  provideSkills(services)
  return services
}
