import { createSettings } from "../config/create.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Sections, Settings } from "../config/settings.ts"
import { Ports, systemPorts } from "../gateway/ports.ts"
import { Clock, systemClock } from "../kernel/clock.ts"
import type { AnyCheck } from "../kernel/check.ts"
import { Log } from "../kernel/log.ts"
import { Services } from "../kernel/service.ts"
import { checks, sections, tools } from "../registry.ts"
import { agents, findAgent, modelsOf } from "../agent/config.ts"
import { models } from "../models/config.ts"
import { createModels } from "../models/create.ts"
import { createGuide } from "../models/guide.ts"
import { Models } from "../models/service.ts"
import { Disk, systemDisk } from "../store/disk.ts"
import { createToolbox, Toolbox } from "../tools/toolbox.ts"
import type { Context } from "./command.ts"

const silent: Log = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  for: () => silent,
}

/** What can be checked without a running gateway, and the services it takes. */
export const offlineChecks = async ({ env, paths }: Pick<Context, "env" | "paths">) => {
  const services = new Services()
  services.provide(Environment, env)
  services.provide(Paths, paths)
  services.provide(Clock, systemClock)
  services.provide(Log, silent)
  services.provide(Ports, systemPorts)
  services.provide(Disk, systemDisk)
  services.provide(Sections, sections)
  const settings = services.provide(Settings, await createSettings({ paths, env, sections }))
  for (const section of sections) services.provideLive(section, () => settings.section(section))
  services.provide(Toolbox, createToolbox(tools, services))
  services.provide(
    Models,
    createModels({
      config: () => settings.section(models),
      env,
      clock: systemClock,
      guide: createGuide(),
      defaultModel: () =>
        modelsOf(findAgent(settings.section(agents)), settings.section(agents))[0],
    }),
  )
  const provided = new Set(
    [
      Environment,
      Paths,
      Clock,
      Log,
      Ports,
      Disk,
      Sections,
      Settings,
      Toolbox,
      Models,
      ...sections,
    ].map(({ service }) => service),
  )
  const possible = (check: AnyCheck) =>
    Object.values<{ service: string }>(check.needs).every(({ service }) => provided.has(service))
  return { services, checks: checks.filter(possible) }
}
