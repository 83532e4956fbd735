import * as z from "zod"
import { profileNames } from "../agents/tools.ts"
import { method } from "../kernel/method.ts"
import { service } from "../kernel/service.ts"
import type { AnyTool, Standing } from "../kernel/tool.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"
import { policy } from "./policy.ts"
import { groupLabels, profiles } from "./profiles.ts"
import { Toolbox } from "./toolbox.ts"

/** The id of a known agent, or of the default one; throws `agents.unknown`. */
export type AgentIds = (id?: string) => string
export const AgentIds = service<AgentIds>("agent ids")

const source = z.enum(["core", "mcp", "plugin"])
const origin = {
  source,
  pluginId: z.string().optional().describe("The plugin or the MCP server it comes from."),
}
const tool = z.object({ id: z.string(), label: z.string(), description: z.string(), ...origin })
const agentId = z.string().optional().describe("Agent to ask about; unset, the default one.")

const originOf = ({ source }: AnyTool) =>
  source ? { source: source.kind, pluginId: source.id } : { source: "core" as const }

const describe = (tool: AnyTool) => ({
  id: tool.name,
  label: tool.label,
  description: tool.description,
  ...originOf(tool),
})

/** What belongs together in a list: the groups of the binary, then each source. */
const groupOf = ({ group, source }: AnyTool) => (source ? `${source.kind}:${source.id}` : group)
const labelOf = (id: string, { source }: AnyTool) =>
  source
    ? `${source.kind === "mcp" ? "MCP server" : "Plugin"} ${source.id}`
    : (groupLabels[id] ?? id)

const grouped = (tools: readonly AnyTool[]) =>
  Object.entries(Object.groupBy(tools, groupOf)).map(([id, members = []]) => ({
    id,
    label: labelOf(id, members[0]!),
    ...originOf(members[0]!),
    members,
  }))

const noLists = { allow: [], deny: [], alsoAllow: [], byProvider: {} }

export const catalog = method({
  name: "tools.catalog",
  scope: "read",
  summary: "List every tool, its group and the profiles it belongs to.",
  params: () =>
    z.strictObject({
      agentId,
      includePlugins: z
        .boolean()
        .default(true)
        .describe("List the tools of plugins and MCP servers too."),
    }),
  result: () =>
    z.object({
      agentId: z.string(),
      profiles: z.array(z.object({ id: z.enum(profileNames), label: z.string() })),
      groups: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          ...origin,
          tools: z.array(
            tool.extend({
              optional: z.literal(true).optional(),
              ownerOnly: z.literal(true).optional(),
              defaultProfiles: z.array(z.enum(profileNames)),
            }),
          ),
        }),
      ),
    }),
  example: {},
  needs: { toolbox: Toolbox, agentIds: AgentIds },
  handle({ agentId, includePlugins }, { toolbox, agentIds }) {
    const members = profileNames.map((id) => ({
      id,
      hides: policy({ owner: true, global: { profile: id, ...noLists } }),
    }))
    return {
      agentId: agentIds(agentId),
      profiles: profileNames.map((id) => ({ id, label: profiles[id].label })),
      groups: grouped(toolbox.all.filter(({ source }) => includePlugins || !source)).map(
        ({ members: tools, ...group }) => ({
          ...group,
          tools: tools.map((tool) => ({
            ...describe(tool),
            ...(tool.source?.optional && { optional: true as const }),
            ...(tool.ownerOnly && { ownerOnly: true as const }),
            defaultProfiles: members.filter(({ hides }) => !hides(tool)).map(({ id }) => id),
          })),
        }),
      ),
    }
  },
})

const hidden = z.object({
  ...tool.shape,
  group: z.string(),
  stage: z.string().describe("The first stage of the policy that keeps it back."),
  setting: z.string().optional().describe("The setting behind that."),
  why: z.string(),
})

export const effective = method({
  name: "tools.effective",
  scope: "read",
  summary: "List the tools a session may use now, and what hides the others.",
  params: () =>
    z.strictObject({
      sessionKey: z.string().min(1).max(512).describe("Session to ask about."),
      agentId,
      stranger: z
        .boolean()
        .default(false)
        .describe("Ask for a turn that somebody else starts: a webhook, a channel's user."),
    }),
  result: () =>
    z.object({
      agentId: z.string(),
      sessionKey: z.string(),
      profile: z.enum(profileNames),
      model: z.string().describe("The model whose limits are counted in, as provider/model."),
      groups: z.array(
        z.object({
          id: z.enum(["core", "mcp", "plugin"]),
          label: z.string(),
          ...origin,
          tools: z.array(tool),
        }),
      ),
      hidden: z.array(hidden),
    }),
  example: { sessionKey: "agent:main:main" },
  needs: { toolbox: Toolbox, agentIds: AgentIds, directory: Directory, models: Models },
  async handle(
    { sessionKey, agentId, stranger },
    { toolbox, agentIds, directory, models, caller },
  ) {
    const parsed = directory.key(sessionKey)
    const session = await directory.find(parsed.key)
    const named = agentIds(agentId ?? parsed.agentId)
    const choice = models.choose({ agentId: named, session: session?.overrides.model })
    const model = choice.refs[0]!
    const standing: Standing = {
      agentId: named,
      sessionKey: parsed.key,
      owner: !stranger && caller.role === "operator" && caller.scopes.has("admin"),
      surface: "chat",
      model: parts(model),
    }
    const { profile, tools } = toolbox.judged(standing)
    const offered = tools.filter(({ hidden }) => !hidden).map(({ tool }) => tool)
    const kinds = Object.entries(Object.groupBy(offered, (tool) => originOf(tool).source))
    return {
      agentId: standing.agentId,
      sessionKey: parsed.key,
      profile,
      model,
      groups: (kinds.length ? kinds : [["core", []] as const]).map(([id, tools = []]) => ({
        id: id as z.infer<typeof source>,
        label: sourceLabels[id as z.infer<typeof source>],
        source: id as z.infer<typeof source>,
        tools: tools.map(describe),
      })),
      hidden: tools.flatMap(({ tool, hidden }) =>
        hidden ? [{ ...describe(tool), group: groupOf(tool), ...hidden }] : [],
      ),
    }
  },
})

const sourceLabels = { core: "Built in", mcp: "MCP servers", plugin: "Plugins" }

const parts = (ref: string) => {
  const at = ref.indexOf("/")
  return at < 0 ? undefined : { provider: ref.slice(0, at), model: ref.slice(at + 1) }
}
