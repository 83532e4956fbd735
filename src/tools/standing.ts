import { agents } from "../agents/config.ts"
import type { ToolLists } from "../agents/tools.ts"
import { service, type Services } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"
import type { Sandboxes } from "../sandbox/service.ts"
import { type ToolsConfig, tools as section } from "./config.ts"
import { type Chain, type Policy, policy } from "./policy.ts"

/** The rules of a group and a sender (contract 10 §3.4). The same object while they stay the same. */
export type PlaceRules = (standing: Standing) => ToolLists | undefined
export const PlaceRules = service<PlaceRules>("place rules")

/** How a session's files and commands are confined; undefined where they are not. */
export type Confined = Sandboxes["confinement"]
export const Confined = service<Confined>("confined sessions")

/** True for a subagent that may start subagents of its own. */
export type Orchestrates = (standing: Pick<Standing, "agentId" | "sessionKey">) => boolean
export const Orchestrates = service<Orchestrates>("orchestrating subagents")

/** Everything that decides over the tools of a standing, as things are now. */
export const chainOf = (services: Services, standing: Standing): Chain => {
  const { agentId, owner, model, surface, sessionKey, place, only } = standing
  const global = services.get(section)
  const { list } = services.get(agents)
  const rules = list.find(({ id }) => id === agentId)?.tools
  const isSandboxed = services.get(Confined)(standing) !== undefined
  const isSubagent = surface === "subagent" || /:subagent:/i.test(sessionKey)
  return {
    owner,
    global,
    ...(rules && { agent: { ...rules, id: agentId } }),
    ...(model && { model: { provider: model.provider, model: model.model } }),
    ...(place && services.has(PlaceRules) && { place: services.get(PlaceRules)(standing) }),
    ...(only && { only }),
    ...(isSandboxed && { sandbox: global.sandbox.tools }),
    ...(isSubagent && {
      subagent: {
        ...global.subagents.tools,
        orchestrates: services.has(Orchestrates) && services.get(Orchestrates)(standing),
      },
    }),
  }
}

/** Most policies kept of one reading of the config; a busy gateway has far fewer. */
const mostKept = 500

/** Compiles each policy once for a reading of the config. */
export const createPolicies = (services: Services) => {
  const kept = new WeakMap<ToolsConfig, { agents: unknown; byKey: Map<string, Policy> }>()
  const places = new WeakMap<ToolLists, number>()
  let seen = 0

  return (standing: Standing): { policy: Policy; chain: Chain } => {
    const chain = chainOf(services, standing)
    const config = services.get(agents)
    let known = kept.get(services.get(section))
    if (known?.agents !== config || known.byKey.size >= mostKept)
      kept.set(services.get(section), (known = { agents: config, byKey: new Map() }))
    const key = JSON.stringify([
      chain.agent?.id,
      chain.owner,
      chain.model,
      chain.place && places.getOrInsertComputed(chain.place, () => ++seen),
      Boolean(chain.sandbox),
      chain.subagent?.orchestrates,
      chain.only,
    ])
    return { chain, policy: known.byKey.getOrInsertComputed(key, () => remembering(policy(chain))) }
  }
}

/** Every turn asks about every tool, and what is said of one stays as long as the config does. */
const remembering = (judge: Policy): Policy => {
  const known = new WeakMap<Parameters<Policy>[0], ReturnType<Policy>>()
  return (tool) => known.getOrInsertComputed(tool, judge)
}
