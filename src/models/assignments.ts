import { type AgentsConfig, findAgent, listAgents, modelsOf } from "../agents/config.ts"
import { splitChoice, taskRoles } from "../agents/models.ts"
import type { Models } from "./service.ts"

export const roles = ["primary", "fallback", ...taskRoles] as const
export type Role = (typeof roles)[number]

export interface Assignment {
  role: Role
  /** `provider/model` */
  ref: string
}

/** Which model does what for an agent; the default model where the config names none. */
export const assignmentsOf = (
  agents: AgentsConfig,
  models: Pick<Models, "defaultRef" | "aliases">,
  agentId?: string,
): Assignment[] => {
  const agent = findAgent(agents, agentId)
  const whole = (ref: string) => models.aliases().get(ref.toLowerCase()) ?? ref
  const own = modelsOf(agent, agents)
  const [primary, ...fallbacks] = own.length ? own : [models.defaultRef()]
  return [
    { role: "primary", ref: whole(primary!) },
    ...fallbacks.map((ref) => ({ role: "fallback" as const, ref: whole(ref) })),
    ...taskRoles.flatMap((role) => {
      const ref = agent.taskModels?.[role] ?? agents.defaults.taskModels?.[role]
      return ref ? [{ role, ref: whole(ref) }] : []
    }),
  ]
}

/** Every model that the settings give anybody, as it is written. */
export const assignedRefs = (config: AgentsConfig): string[] => {
  const { imageModel, taskModels } = config.defaults
  const image = splitChoice(imageModel)
  return [
    ...new Set([
      ...listAgents(config).flatMap((agent) => [
        ...modelsOf(agent, config),
        ...Object.values(agent.taskModels ?? {}),
      ]),
      ...Object.values(taskModels ?? {}),
      ...(image.primary ? [image.primary] : []),
      ...(image.fallbacks ?? []),
    ]),
  ]
}
