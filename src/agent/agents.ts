import * as z from "zod"
import { Paths } from "../config/paths.ts"
import { method } from "../kernel/method.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"
import type { Agent, AgentsConfig } from "../agents/config.ts"
import {
  agents,
  defaultAgentId,
  findAgent,
  listAgents,
  modelsOf,
  workspaceOf,
} from "../agents/config.ts"
import { sessionKey } from "./requests.ts"

export const agentsList = method({
  name: "agents.list",
  scope: "read",
  summary: "List the agents.",
  params: () => z.object({}),
  result: () =>
    z.object({
      defaultId: z.string(),
      mainKey: z.literal("main"),
      scope: z.literal("per-sender"),
      agents: z.array(
        z.object({
          id: z.string(),
          name: z.string().optional(),
          identity: z.record(z.string(), z.string()).optional(),
          workspace: z.string().optional(),
          model: z.object({ primary: z.string(), fallbacks: z.array(z.string()) }),
        }),
      ),
    }),
  example: {},
  needs: { agents, paths: Paths, models: Models },
  handle: (_, { agents, paths, models, caller }) => ({
    defaultId: defaultAgentId(agents),
    mainKey: "main" as const,
    scope: "per-sender" as const,
    agents: listAgents(agents).map((agent) => ({
      id: agent.id,
      name: agent.name,
      identity: agent.identity as Record<string, string> | undefined,
      model: modelOf(agent, agents, models),
      ...(caller.scopes.has("admin") && { workspace: workspaceOf(agent, agents, paths) }),
    })),
  }),
})

const modelOf = (agent: Agent, config: AgentsConfig, models: Models) => {
  const [primary = models.defaultRef(), ...fallbacks] = modelsOf(agent, config)
  return { primary, fallbacks }
}

export const agentIdentity = method({
  name: "agent.identity.get",
  scope: "read",
  summary: "Show how an agent presents itself.",
  params: () =>
    z.object({
      agentId: z.string().optional().describe("The agent; the default one when left out."),
      sessionKey: sessionKey.optional(),
    }),
  result: () =>
    z.object({
      agentId: z.string(),
      name: z.string().optional(),
      avatar: z.string().optional(),
      emoji: z.string().optional(),
    }),
  example: {},
  needs: { agents, directory: Directory },
  handle({ agentId, sessionKey }, { agents, directory }) {
    const { id, name, identity } = findAgent(
      agents,
      agentId ?? (sessionKey && directory.key(sessionKey).agentId),
    )
    return {
      agentId: id,
      name: identity?.name ?? name,
      avatar: identity?.avatar,
      emoji: identity?.emoji,
    }
  },
})
