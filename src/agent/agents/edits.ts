/** What making, changing and removing an agent does to the config. */
import type { Edit } from "../../config/edit.ts"
import { isTree, type Path, type Tree, valueAt } from "../../config/path.ts"
import { agentExists, badAgentName, defaultAgentStays } from "./faults.ts"
import { unknownAgent } from "../../agents/faults.ts"

/** The parts of an agent that commands and methods write. */
export interface AgentChange {
  name?: string
  workspace?: string
  model?: string
  /** Tried in order when its model fails; none of the defaults' then. */
  fallbacks?: readonly string[]
  /** Null takes one back to what the defaults say. */
  taskModels?: Readonly<Record<string, string | null>>
  identity?: Readonly<Record<string, string | undefined>>
}

const list: Path = ["agents", "list"]

/** `Research Team` → `research-team`. Throws `agents.bad-name` when nothing is left of it. */
export const idFrom = (name: string): string => {
  const id = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-_]+|-+$/g, "")
    .slice(0, 64)
  if (!id) throw badAgentName({ name })
  return id
}

const written = (config: Tree | null): readonly unknown[] => {
  const agents = valueAt(config ?? {}, list)
  return Array.isArray(agents) ? agents : []
}

const idOf = (entry: unknown) => (isTree(entry) ? entry.id : undefined)

const idsIn = (config: Tree | null) => {
  const ids = written(config).flatMap((entry) => idOf(entry) ?? [])
  return ids.length ? ids.map(String) : ["main"]
}

/** Adds an agent. The one that was there unwritten is written down, so that it stays, and stays the default. */
export const creation = (config: Tree | null, id: string, change: AgentChange): Edit[] => {
  if (idsIn(config).includes(id)) throw agentExists({ id })
  const entry = { id, ...definedIn({ ...change, identity: groupOf(change.identity) }) }
  const before = written(config)
  return before.length
    ? [{ path: [...list, before.length], value: entry }]
    : [{ path: list, value: [{ id: "main", default: true }, entry] }]
}

/** Changes what was given, and nothing beside it. */
export const alteration = (config: Tree | null, id: string, change: AgentChange): Edit[] => {
  if (!idsIn(config).includes(id)) throw unknownAgent({ id, known: idsIn(config) })
  const { identity, taskModels, model, fallbacks, ...rest } = change
  const at = written(config).findIndex((entry) => idOf(entry) === id)
  if (at < 0) {
    const entry = definedIn({
      ...rest,
      model: fallbacks ? definedIn({ primary: model, fallbacks }) : model,
      taskModels: groupOf(setIn(taskModels)),
      identity: groupOf(identity),
    })
    return [{ path: list, value: [{ id, ...entry }] }]
  }
  const place = [...list, at]
  const under = (name: string, group: Readonly<Record<string, unknown>> = {}) =>
    Object.entries(definedIn(group)).map(([key, value]) => ({
      path: [...place, name, key],
      ...(value !== null && { value }),
    }))
  const named = valueAt(config, [...place, "model"])
  const primary = model ?? (isTree(named) ? named.primary : named)
  const modelPath = [...place, "model", ...(isTree(named) ? ["primary"] : [])]
  const models = fallbacks
    ? [{ path: [...place, "model"], value: definedIn({ primary, fallbacks }) }]
    : model === undefined
      ? []
      : [{ path: modelPath, value: model }]
  return [
    ...Object.entries(definedIn(rest)).map(([key, value]) => ({ path: [...place, key], value })),
    ...models,
    ...under("taskModels", taskModels),
    ...under("identity", identity),
  ]
}

/** Takes an agent out. The default one stays: its sessions and channels would go to another. */
export const removal = (config: Tree | null, id: string, defaultId: string): Edit[] => {
  const at = written(config).findIndex((entry) => idOf(entry) === id)
  if (!idsIn(config).includes(id)) throw unknownAgent({ id, known: idsIn(config) })
  if (at < 0 || id === defaultId) throw defaultAgentStays({ id })
  return [{ path: [...list, at] }]
}

const definedIn = (group: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined))

const setIn = (group: object = {}) =>
  Object.fromEntries(Object.entries(group).filter(([, value]) => value !== null))

const groupOf = (group: object | undefined) => {
  const given = definedIn(group ?? {})
  return Object.keys(given).length ? given : undefined
}
