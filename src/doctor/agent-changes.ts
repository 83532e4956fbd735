import { isTree, type Path, type Tree } from "../config/path.ts"

/**
 * What an agent may change in the config when the operator asks it to: how agents answer, never what
 * they may do, who may talk to them or what the gateway trusts. Whatever is not here stays the
 * operator's, so a new setting is closed until someone thinks about it (threats N094).
 */
const open: readonly string[] = [
  ...[
    "model",
    "imageModel",
    "taskModels",
    "models.*.alias",
    "thinkingDefault",
    "userTimezone",
    "timeoutSeconds",
    "maxConcurrent",
    "heartbeat",
    "compaction",
    "contextPruning",
    "imageMaxDimensionPx",
    "bootstrapMaxChars",
    "bootstrapTotalMaxChars",
  ].map((setting) => `agents.defaults.${setting}`),
  ...["name", "identity", "model", "taskModels", "thinkingDefault"].map(
    (setting) => `agents.list.*.${setting}`,
  ),
  "session.reset",
  "session.resetByType",
  "session.resetByChannel",
  "session.resetTriggers",
  "logging.level",
  "logging.consoleLevel",
  "ui",
]

const patterns = open.map((pattern) => pattern.split("."))

const isOpen = (path: Path) =>
  patterns.some((pattern) => pattern.every((part, at) => part === "*" || part === path[at]))

/** The settings that a change touches and an agent may not. Judged by its effect, in whatever shape it came. */
export const closedChanges = (before: Tree, after: Tree): string[] =>
  leaves(byAgent(before), byAgent(after))
    .filter((path) => !isOpen(path))
    .map((path) => path.join(".") || "the whole file")

/** The innermost settings in which two readings differ, also where a whole group came or went. */
const leaves = (before: unknown, after: unknown, path: Path = []): Path[] => {
  const trees = [before, after].filter(isTree)
  if (!trees.length) return Bun.deepEquals(before, after) ? [] : [path]
  const replaced = [before, after].some((value) => value !== undefined && !isTree(value))
  const names = new Set(trees.flatMap((tree) => Object.keys(tree)))
  const [from, to] = [before, after].map((value): Tree => (isTree(value) ? value : {}))
  const inner = [...names].flatMap((name) => leaves(from![name], to![name], [...path, name]))
  return replaced ? [path, ...inner] : inner
}

/** The list of agents as a group by id, so that a change is of one agent and not of the list. */
const byAgent = (config: Tree): Tree => {
  const { agents } = config
  if (!isTree(agents) || !Array.isArray(agents.list)) return config
  const entries = agents.list.map((agent: unknown, at) => {
    const id = isTree(agent) && typeof agent.id === "string" ? agent.id : `#${at}`
    return [`${at}:${id}`, agent]
  })
  return { ...config, agents: { ...agents, list: Object.fromEntries(entries) as Tree } }
}
