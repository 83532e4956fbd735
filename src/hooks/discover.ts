import { existsSync } from "node:fs"
import { readdir, realpath, stat } from "node:fs/promises"
import { dirname, join, resolve, sep } from "node:path"
import { type Env, expandTilde, type Paths } from "../config/paths.ts"
import { Fault } from "../kernel/fault.ts"
import { type PluginsConfig, refusal } from "../plugins/config.ts"
import { findPlugins } from "../plugins/load.ts"
import { PluginHooks } from "../plugins/service.ts"
import type { InternalHooks } from "../webhooks/internal.ts"
import { bundled } from "./bundled.ts"
import { badHook } from "./faults.ts"
import type { Hook, HookSource } from "./hook.ts"
import { readHookFile } from "./manifest.ts"
import { runFile } from "./run-file.ts"

/** A folder that was meant to be a hook and is none. */
export interface BrokenHook {
  folder: string
  source: HookSource
  why: string
}

export interface Surroundings {
  paths: Pick<Paths, "home" | "state" | "config">
  env: Env
  load: InternalHooks["load"]
  plugins: PluginsConfig
  /** Of the agents; only looked into where the operator allows it. */
  workspaces: readonly string[]
}

const mostFolders = 500
export const hooksFolder = (paths: Pick<Paths, "state">) => join(paths.state, "hooks")

/** The folders that the config names; a path that is not whole begins where the config lies. */
export const extraFolders = (
  { extraDirs }: InternalHooks["load"],
  { config, home }: Pick<Paths, "config" | "home">,
) => extraDirs.map((dir) => resolve(dirname(config), expandTilde(dir, home)))

/**
 * Every hook of this machine. One of the operator's own folder stands for a bundled one of the same
 * name, that for one of an extra folder or a plugin; one of a workspace stands for none.
 */
export const discoverHooks = async ({ paths, env, load, plugins, workspaces }: Surroundings) => {
  const hooks = new Map<string, Hook>()
  const broken: BrokenHook[] = []
  const add = async (source: HookSource, root: string) => {
    const found = await inFolder(source, root, env)
    for (const hook of found.hooks) if (!hooks.has(hook.name)) hooks.set(hook.name, hook)
    broken.push(...found.broken)
  }
  await add("state", hooksFolder(paths))
  for (const hook of bundled) if (!hooks.has(hook.name)) hooks.set(hook.name, hook)
  for (const folder of extraFolders(load, paths).toReversed()) await add("extra", folder)
  for (const hook of ofPlugins(paths.state, plugins))
    if (!hooks.has(hook.name)) hooks.set(hook.name, hook)
  if (load.workspaces)
    for (const workspace of workspaces) await add("workspace", join(workspace, "hooks"))
  return { hooks: [...hooks.values()], broken }
}

/** Plugins that want to be told of something; each is its own hook. */
const ofPlugins = (state: string, config: PluginsConfig): Hook[] =>
  findPlugins(state).flatMap((plugin) => {
    const { id, manifest } = plugin
    if (!manifest?.hooks.length || refusal(config, id)) return []
    return {
      name: id,
      description: manifest.description,
      events: manifest.hooks,
      source: "plugin",
      missing: [],
      file: join(plugin.folder, manifest.entry),
      run: (event, { services, signal }) => services.get(PluginHooks).tell(plugin, event, signal),
    }
  })

const inFolder = async (source: HookSource, folder: string, env: Env) => {
  const hooks: Hook[] = []
  const broken: BrokenHook[] = []
  const root = await realpath(folder).catch(() => undefined)
  const names = root ? await readdir(root).catch(() => []) : []
  for (const name of names.toSorted().slice(0, mostFolders)) {
    const place = join(root!, name)
    if (name.startsWith(".") || !existsSync(join(place, "HOOK.md"))) continue
    try {
      hooks.push(await readHook(place, root!, { source, env }))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      broken.push({ folder: place, source, why: error.message })
    }
  }
  return { hooks, broken }
}

/** Reads one hook. A link that leads out of `root` is none of its hooks. */
export const readHook = async (
  folder: string,
  root: string,
  { source, env }: { source: HookSource; env: Env },
): Promise<Hook> => {
  const about = await readHookFile(folder, await inside(folder, root, ["HOOK.md"]), env)
  const file = await inside(folder, root, ["handler.ts", "handler.js"])
  return {
    ...about,
    source,
    file,
    run: (event, { signal, services }) => runFile(file, event, { signal, services }),
  }
}

/** The first of the names that is there, links followed; nowhere else than in `root`. */
const inside = async (folder: string, root: string, names: readonly string[]) => {
  const name = names.find((one) => existsSync(join(folder, one)))
  if (!name) throw badHook({ folder, why: `it has no ${names[0]}` })
  const file = await realpath(join(folder, name))
  if (!file.startsWith(root + sep)) throw badHook({ folder, why: `${name} leads out of its place` })
  if (!(await stat(file)).isFile()) throw badHook({ folder, why: `${name} is no file` })
  return file
}
