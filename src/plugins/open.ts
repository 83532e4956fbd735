import { existsSync } from "node:fs"
import type { KnownChannels } from "../channels/known.ts"
import { join } from "node:path"
import { loadSchemaReader } from "./facts.ts"
import type { Found } from "./load.ts"
import type { HostCommand } from "./process.ts"
import type { PluginStatus } from "./service.ts"

/** The plugins on disk, as channels that joined the others. */
export interface OpenPlugins {
  /** Reads the disk anew; those that `refusal` has words against are left out. */
  look(
    refusal: (id: string) => string | undefined,
  ): Promise<readonly PluginStatus[]> | readonly PluginStatus[]
  close(): void
}

/**
 * Lets plugins join before the config is read, which takes their settings to judge and their secrets
 * to fetch. Nothing is loaded while there is no folder of them, and no plugin is run here.
 */
export const openPlugins = async ({
  state,
  known,
  host,
}: {
  state: string
  known: KnownChannels
  host: () => HostCommand
}): Promise<OpenPlugins> => {
  const joined = new Map<string, { stamp: number; leave: () => void }>()
  const nothing: readonly PluginStatus[] = []
  type Look = (refusal: (id: string) => string | undefined) => readonly PluginStatus[]
  let look: Look | undefined

  const load = async (): Promise<Look> => {
    const [{ findPlugins }, { pluginChannel }, reader] = await Promise.all([
      import("./load.ts"),
      import("./channel.ts"),
      loadSchemaReader(),
    ])
    const enter = (one: Found, why: string | undefined): PluginStatus => {
      const { id, folder, manifest } = one
      const about = { id, folder, manifest }
      if (!one.manifest) return { ...about, state: "broken", problem: one.problem }
      if (why) return { ...about, state: "disabled", problem: why }
      try {
        if (!joined.has(id)) {
          const leave = known.join(pluginChannel(one.manifest, folder, host, reader))
          joined.set(id, { stamp: one.stamp, leave })
        }
        return { ...about, state: "loaded" }
      } catch (error) {
        return { ...about, state: "broken", problem: (error as Error).message }
      }
    }
    return (refusal) => {
      const found = findPlugins(state)
      for (const [id, { stamp, leave }] of joined) {
        const now = found.find((one) => one.id === id)
        if (now?.manifest && now.stamp === stamp && !refusal(id)) continue
        leave()
        joined.delete(id)
      }
      return found.map((one) => enter(one, refusal(one.id)))
    }
  }
  const areThere = () => existsSync(join(state, "plugins"))

  if (areThere()) {
    look = await load()
    look(() => undefined)
  }
  return {
    look(refusal) {
      // At once where it is loaded: what was disabled is not to say another word.
      if (look) return look(refusal)
      return areThere() ? load().then((loaded) => (look = loaded)(refusal)) : nothing
    },
    close() {
      for (const { leave } of joined.values()) leave()
      joined.clear()
    },
  }
}
