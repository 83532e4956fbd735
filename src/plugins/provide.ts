import { existsSync } from "node:fs"
import { join } from "node:path"
import { KnownChannels } from "../channels/known.ts"
import { ChannelControl } from "../channels/service.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Build } from "../kernel/build.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { plugins as section, refusal } from "./config.ts"
import { hostCommand } from "./host-command.ts"
import type { Found } from "./load.ts"
import { Plugins, type PluginStatus } from "./service.ts"

/** Lets the plugins on disk join the channels. Nothing of them is read while there is no folder of them. */
export const providePlugins = async (services: Services): Promise<Plugins> => {
  const { state } = services.get(Paths)
  const log = services.get(Log).for("plugins")
  const joined = new Map<string, { stamp: number; leave: () => void }>()
  let statuses: readonly PluginStatus[] = []
  let look: (() => void) | undefined

  const host = () => hostCommand(services.get(Build).binary, services.get(Environment))

  const load = async () => {
    const [{ findPlugins }, { pluginChannel }] = await Promise.all([
      import("./load.ts"),
      import("./channel.ts"),
    ])
    const enter = (one: Found): PluginStatus => {
      const { id, folder, manifest } = one
      const about = { id, folder, manifest }
      if (!one.manifest) return { ...about, state: "broken", problem: one.problem }
      const why = refusal(services.get(section), id)
      if (why) return { ...about, state: "disabled", problem: why }
      try {
        if (!joined.has(id)) {
          const channel = pluginChannel(one.manifest, folder, host)
          joined.set(id, { stamp: one.stamp, leave: services.get(KnownChannels).join(channel) })
        }
        return { ...about, state: "loaded" }
      } catch (error) {
        return { ...about, state: "broken", problem: (error as Error).message }
      }
    }
    look = () => {
      const found = findPlugins(state)
      for (const [id, { stamp, leave }] of joined) {
        const now = found.find((one) => one.id === id)
        if (now?.manifest && now.stamp === stamp && !refusal(services.get(section), id)) continue
        leave()
        joined.delete(id)
      }
      statuses = found.map(enter)
      for (const { id, state, problem } of statuses)
        if (state === "broken") log.error("a plugin is left out", { plugin: id, problem })
    }
    look()
  }
  const areThere = () => existsSync(join(state, "plugins"))

  if (areThere()) await load()
  return services.provide(Plugins, {
    list: () => statuses,
    async follow() {
      if (look) return look()
      if (!areThere()) return
      await load()
      services.get(ChannelControl).follow()
    },
    close() {
      for (const { leave } of joined.values()) leave()
      joined.clear()
    },
  })
}
