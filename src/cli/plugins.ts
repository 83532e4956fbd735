import type { Found } from "../plugins/load.ts"
import type { Manifest } from "../plugins/manifest.ts"
import type { Context } from "./command.ts"
import { openSettings } from "./settings.ts"
import { printable } from "./printable.ts"

export interface PluginHere {
  found: Found
  /** Why it is not used, though it could be. */
  off?: string
}

/** The plugins of this instance, whether a gateway runs or not. Nothing of them is run. */
export const pluginsHere = async (context: Context): Promise<readonly PluginHere[]> => {
  const [{ findPlugins }, { plugins, refusal }, settings] = await Promise.all([
    import("../plugins/load.ts"),
    import("../plugins/config.ts"),
    openSettings(context),
  ])
  const config = settings.section(plugins)
  return findPlugins(context.paths.state).map((found) => ({
    found,
    off: refusal(config, found.id),
  }))
}

/** What somebody is about to let run as themselves. */
export const describePermissions = ({ permissions, hooks }: Manifest): string[] => [
  `Network: ${list(permissions.network)}`,
  `Programs: ${list(permissions.programs)}`,
  ...(hooks.length ? [`Is told, once its hook is switched on: ${list(hooks)}`] : []),
  ...permissions.notes.map((note) => printable(note, 300)),
]

const list = (words: readonly string[]) =>
  words.length ? words.map((word) => printable(word, 200)).join(", ") : "none, it says"
