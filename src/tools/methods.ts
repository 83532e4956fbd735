import { z } from "zod"
import { method } from "../kernel/method.ts"
import { service } from "../kernel/service.ts"
import type { AnyTool } from "../kernel/tool.ts"
import { tools } from "./config.ts"
import { groupLabels, policy, profileFor, profileNames, profiles } from "./policy.ts"
import { Toolbox } from "./toolbox.ts"

/** The id of a known agent, or of the default one; throws `agents.unknown`. */
export type AgentIds = (id?: string) => string
export const AgentIds = service<AgentIds>("agent ids")

const source = z.literal("core")
const tool = z.object({ id: z.string(), label: z.string(), description: z.string(), source })
const agentId = z.string().optional().describe("Agent to ask about; unset, the default one.")

const describe = ({ name, label, description }: AnyTool) => ({
  id: name,
  label,
  description,
  source: "core" as const,
})

export const catalog = method({
  name: "tools.catalog",
  scope: "read",
  summary: "List every tool, its group and the profiles it belongs to.",
  params: z.strictObject({
    agentId,
    includePlugins: z.boolean().optional().describe("List the tools of plugins too."),
  }),
  result: z.object({
    agentId: z.string(),
    profiles: z.array(z.object({ id: z.enum(profileNames), label: z.string() })),
    groups: z.array(
      z.object({
        id: z.string(),
        label: z.string(),
        source,
        tools: z.array(tool.extend({ defaultProfiles: z.array(z.enum(profileNames)) })),
      }),
    ),
  }),
  example: {},
  needs: { toolbox: Toolbox, agentIds: AgentIds },
  handle({ agentId }, { toolbox, agentIds }) {
    const members = profileNames.map((id) => ({
      id,
      has: policy({ profile: id, allow: [], deny: [] }, { owner: true }),
    }))
    const groups = Object.groupBy(toolbox.all, ({ group }) => group)
    return {
      agentId: agentIds(agentId),
      profiles: profileNames.map((id) => ({ id, label: profiles[id].label })),
      groups: Object.entries(groups).map(([id, tools = []]) => ({
        id,
        label: groupLabels[id] ?? id,
        source: "core" as const,
        tools: tools.map((tool) => ({
          ...describe(tool),
          defaultProfiles: members.filter(({ has }) => has(tool)).map(({ id }) => id),
        })),
      })),
    }
  },
})

export const effective = method({
  name: "tools.effective",
  scope: "read",
  summary: "List the tools a session may use now.",
  params: z.strictObject({
    sessionKey: z.string().min(1).max(512).describe("Session to ask about."),
    agentId,
  }),
  result: z.object({
    agentId: z.string(),
    profile: z.enum(profileNames),
    groups: z.array(
      z.object({ id: z.literal("core"), label: z.string(), source, tools: z.array(tool) }),
    ),
  }),
  example: { sessionKey: "agent:main:main" },
  needs: { toolbox: Toolbox, agentIds: AgentIds, tools },
  handle({ sessionKey, agentId }, { toolbox, agentIds, tools, caller }) {
    const named = agentIds(agentId ?? /^agent:([^:]+):/i.exec(sessionKey)?.[1]?.toLowerCase())
    const owner = caller.role === "operator" && caller.scopes.has("admin")
    const standing = { agentId: named, sessionKey, owner, surface: "chat" as const }
    const offered = new Set(toolbox.offered(standing).map(({ name }) => name))
    return {
      agentId: named,
      profile: profileFor(tools, standing.owner),
      groups: [
        {
          id: "core" as const,
          label: "Built in",
          source: "core" as const,
          tools: toolbox.all.filter(({ name }) => offered.has(name)).map(describe),
        },
      ],
    }
  },
})
