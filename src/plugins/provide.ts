import { ChannelControl } from "../channels/service.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { plugins as section, refusal } from "./config.ts"
import type { OpenPlugins } from "./open.ts"
import type { HostCommand } from "./process.ts"
import { PluginHooks, Plugins, type PluginStatus } from "./service.ts"

/** Lets the config decide which of the plugins on disk are used. */
export const providePlugins = async (
  services: Services,
  open: OpenPlugins,
  host: () => HostCommand,
): Promise<Plugins> => {
  const log = services.get(Log).for("plugins")
  let statuses: readonly PluginStatus[] = []

  const keep = (found: readonly PluginStatus[]) => {
    for (const { id, state, problem } of found)
      if (state === "broken") log.error("a plugin is left out", { plugin: id, problem })
    statuses = found
  }
  const look = () => open.look((id) => refusal(services.get(section), id))
  const later = async (found: ReturnType<typeof look>) => {
    keep(await found)
    services.get(ChannelControl).follow()
  }

  let hooks: Promise<PluginHooks> | undefined
  services.provide(PluginHooks, {
    async tell(plugin, event, signal) {
      hooks ??= import("./hooks.ts").then(({ createPluginHooks }) =>
        createPluginHooks({ host, clock: services.get(Clock), log }),
      )
      await (await hooks).tell(plugin, event, signal)
    },
    close: async () => (await hooks)?.close(),
  })

  keep(await look())
  return services.provide(Plugins, {
    list: () => statuses,
    follow() {
      const found = look()
      if (!(found instanceof Promise)) return keep(found)
      void later(found).catch((error: unknown) => log.error("plugins cannot be read", { error }))
    },
  })
}
