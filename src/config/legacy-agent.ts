import { move, type OldForm, type Step } from "./legacy-move.ts"
import { isTree, type Path, type Replacement, type Tree, valueAt } from "./path.ts"

const list = ["agents", "list"]
const defaults = ["agents", "defaults"]

const agentsIn = (config: Tree): unknown[] => {
  const agents = valueAt(config, list)
  return Array.isArray(agents) ? agents : []
}
const indexOf = (config: Tree, id: unknown) =>
  agentsIn(config).findIndex((agent) => isTree(agent) && agent.id === id)

/** Agents by name became a list; one that is in the list already takes what it lacks. */
const routingAgents: OldForm = {
  name: "routing.agents",
  steps(config) {
    const old = valueAt(config, ["routing", "agents"])
    const named = Array.isArray(old)
      ? old
      : isTree(old)
        ? Object.entries(old).map(([id, agent]) => (isTree(agent) ? { id, ...agent } : { id }))
        : undefined
    if (!named) return []
    let next = agentsIn(config).length
    const places = named.map((value: unknown): Replacement => {
      const known = indexOf(config, valueAt(value, ["id"]))
      return { path: [...list, known < 0 ? next++ : known], value }
    })
    return [{ ...move(config, ["routing", "agents"], places), to: "agents.list" }]
  },
}

const defaultAgentId: OldForm = {
  name: "routing.defaultAgentId",
  steps(config) {
    const from = ["routing", "defaultAgentId"]
    const id = valueAt(config, from)
    if (id === undefined) return []
    const known = indexOf(config, id)
    const index = known < 0 ? agentsIn(config).length : known
    const chosen = agentsIn(config).some((agent) => valueAt(agent, ["default"]) === true)
    const value = { ...(known < 0 && { id }), ...(!chosen && { default: true }) }
    return [
      { ...move(config, from, [{ path: [...list, index], value }]), to: "agents.list[].default" },
    ]
  },
}

/** There was one agent only; its face goes to the one that answers by default. */
const identity: OldForm = {
  name: "identity",
  steps(config) {
    const { identity: value } = config
    if (value === undefined) return []
    const agents = agentsIn(config)
    const chosen = agents.findIndex((agent) => valueAt(agent, ["default"]) === true)
    const place = { path: [...list, Math.max(chosen, 0)], value: { identity: value } }
    return [
      {
        ...move(
          config,
          ["identity"],
          [agents.length ? place : { ...place, value: { id: "main", ...place.value } }],
        ),
        to: "agents.list[].identity",
      },
    ]
  },
}

/** Model names and what they fall back to became one setting each for text and images. */
const modelForm = (key: "model" | "imageModel"): OldForm => ({
  name: `agent.${key}, agent.${key}Fallbacks`,
  steps(config) {
    const from = ["agent", key]
    const fallbacksFrom = ["agent", `${key}Fallbacks`]
    const to = [...defaults, key]
    const existing = valueAt(config, to)
    const old = valueAt(config, from)
    const fallbacks = valueAt(config, fallbacksFrom)
    if (old === undefined && fallbacks === undefined) return []
    const value = {
      ...(isTree(old) ? old : old !== undefined && { primary: old }),
      ...(fallbacks !== undefined && { fallbacks }),
      ...(isTree(existing) ? existing : existing !== undefined && { primary: existing }),
    }
    const gone = [from, fallbacksFrom].filter((path) => valueAt(config, path) !== undefined)
    return [
      {
        from: gone.map((path) => path.join("."))[0]!,
        to: to.join("."),
        edits: [{ path: to, value }, ...gone.map((path) => ({ path }))],
      },
    ]
  },
})

/**
 * A list of allowed models and a table of short names became one table of models. The table also
 * says what is allowed, so the models in use are in it; an empty list goes on allowing none.
 */
const allowedModels: OldForm = {
  name: "agent.allowedModels, agent.modelAliases",
  steps(config) {
    const allowed = valueAt(config, ["agent", "allowedModels"])
    const aliases = valueAt(config, ["agent", "modelAliases"])
    const given = { allowedModels: allowed, modelAliases: aliases }
    const gone = Object.entries(given).filter(([, value]) => value !== undefined)
    if (!gone.length) return []
    const models: Record<string, Tree> = {}
    const isClosed = Array.isArray(allowed)
    for (const ref of isClosed ? allowed : modelsInUse(config)) models[String(ref)] = {}
    for (const [alias, ref] of Object.entries(isTree(aliases) ? aliases : {}))
      if (!isClosed || Object.hasOwn(models, String(ref))) models[String(ref)] = { alias }
    const path = [...defaults, "models"]
    const [first, ...others] = gone.map(([key]) => ["agent", key])
    const step = move(config, first!, [{ path, value: models }])
    return [{ ...step, edits: [...step.edits, ...others.map((path) => ({ path }))] }]
  },
}

const modelsInUse = (config: Tree) =>
  [valueAt(config, [...defaults, "model"]), valueAt(config, ["agent", "model"])]
    .flatMap((model) => (isTree(model) ? [model.primary, model.fallbacks].flat() : [model]))
    .filter((ref) => typeof ref === "string")

/** Where the rest of `agent` went; what is not here became a default of every agent. */
const toolPlaces: readonly (readonly [from: Path, to: Path])[] = [
  [["agent", "tools"], ["tools"]],
  [
    ["agent", "elevated"],
    ["tools", "elevated"],
  ],
  [
    ["agent", "bash"],
    ["tools", "exec"],
  ],
  [
    ["agent", "sandbox", "tools"],
    ["tools", "sandbox", "tools"],
  ],
  [
    ["agent", "subagents", "tools"],
    ["tools", "subagents", "tools"],
  ],
]

const agentTools: OldForm = {
  name: "agent.tools",
  steps: (config) =>
    toolPlaces.flatMap(([from, path]): Step[] => {
      const value = valueAt(config, from)
      return value === undefined ? [] : [move(config, from, [{ path, value }])]
    }),
}

const agentRest: OldForm = {
  name: "agent",
  steps: ({ agent, ...config }) =>
    isTree(agent)
      ? Object.entries(agent).map(([key, value]) =>
          move({ ...config, agent }, ["agent", key], [{ path: [...defaults, key], value }]),
        )
      : [],
}

export const agentForms: readonly OldForm[] = [
  routingAgents,
  defaultAgentId,
  identity,
  modelForm("model"),
  modelForm("imageModel"),
  allowedModels,
  agentTools,
  agentRest,
]
