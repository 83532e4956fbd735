import { dirname, join, resolve } from "node:path"
import { onFirstUse } from "../kernel/later.ts"
import * as z from "zod"
import { expandTilde, type Paths } from "../config/paths.ts"
import { section } from "../kernel/section.ts"
import { isAvatar } from "./avatar.ts"
import { envelopeSettings, ownGroupChat } from "./inbound.ts"
import { compactionSettings } from "./compaction.ts"
import { unknownAgent } from "./faults.ts"
import { sandboxSettings } from "./sandbox.ts"
import { agentTools } from "./tools.ts"
import { mediaSettings } from "./media.ts"
import { heartbeatSettings, ownHeartbeat } from "./heartbeat.ts"
import { memorySearchSettings } from "./memory-search.ts"
import { ownSubagentSettings, subagentSettings } from "./subagents.ts"
import { skillAccess } from "./skills.ts"
import { replySettings } from "./replies.ts"
import { turnSettings } from "./turns.ts"
import { promptSettings } from "./prompt.ts"
import { pruningSettings } from "./pruning.ts"
import { agentModelSettings, modelChoice, modelSettings, splitChoice } from "./models.ts"

const workspace = onFirstUse(() => z.string().trim().min(1))

const isTimezone = (name: string) => {
  try {
    Intl.DateTimeFormat("en", { timeZone: name })
    return true
  } catch {
    return false
  }
}
const timezone = onFirstUse(() =>
  z.string().refine(isTimezone, "must be a time zone such as Europe/Berlin, or UTC"),
)

const agentEntry = onFirstUse(() =>
  z.strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be lower-case letters, digits, - and _")
      .describe("Name of the agent in session keys and commands."),
    default: z.boolean().optional().describe("Answers where nothing else names an agent."),
    name: z.string().max(80).optional().describe("Name people see."),
    identity: z
      .strictObject({
        name: z.string().max(80).optional().describe("What the agent calls itself."),
        theme: z.string().max(200).optional().describe("Its manner in a few words."),
        emoji: z.string().max(16).optional().describe("Shown beside its name."),
        avatar: z
          .string()
          .max(2048)
          .refine(
            isAvatar,
            "must be a path in the workspace, an http(s) address or a data:image URL",
          )
          .optional()
          .describe("Picture: path in the workspace or URL."),
      })
      .optional()
      .describe("How the agent presents itself."),
    workspace: workspace().optional().describe("Folder with the agent's files."),
    model: modelChoice().optional().describe("Model of this agent, instead of the default one."),
    subagents: ownSubagentSettings(),
    ...agentModelSettings(),
    memorySearch: memorySearchSettings(),
    sandbox: sandboxSettings(),
    tools: agentTools(),
    heartbeat: ownHeartbeat(),
    groupChat: ownGroupChat(),
    skills: skillAccess("what agents.defaults.skills says"),
  }),
)

export const agents = section({
  id: "agents",
  summary: "Agents: who they are, where they work, which model answers.",
  reload: "live",
  schema: () =>
    z.strictObject({
      defaults: z
        .strictObject({
          sandbox: sandboxSettings(),
          memorySearch: memorySearchSettings(),
          workspace: workspace()
            .optional()
            .describe("The default agent's folder; other agents get a folder inside it."),
          skipBootstrap: z
            .boolean()
            .default(false)
            .describe("Do not put starter files in workspaces."),
          bootstrapMaxChars: z
            .int()
            .min(500)
            .max(1_000_000)
            .default(20_000)
            .describe("Most characters of one workspace file in the prompt."),
          bootstrapTotalMaxChars: z
            .int()
            .min(500)
            .max(5_000_000)
            .default(150_000)
            .describe("Most characters of all workspace files in the prompt."),
          ...promptSettings(),
          ...mediaSettings(),
          ...compactionSettings(),
          ...pruningSettings(),
          model: modelChoice().optional().describe("Model of agents that name none."),
          ...modelSettings(),
          userTimezone: timezone()
            .optional()
            .describe("Time zone agents go by; unset, the one of this machine."),
          ...turnSettings(),
          ...envelopeSettings(),
          ...replySettings(),
          skills: skillAccess("every skill"),
          subagents: subagentSettings(),
          heartbeat: heartbeatSettings(),
        })
        .prefault({})
        .describe("What holds for every agent."),
      list: z
        .array(agentEntry())
        .default([])
        .superRefine((list, context) => {
          const seen = new Set<string>()
          for (const [index, { id }] of list.entries()) {
            if (seen.has(id))
              context.addIssue({
                code: "custom",
                path: [index, "id"],
                message: `${id} is there twice`,
              })
            seen.add(id)
          }
        })
        .describe("The agents; empty for one named main."),
    }),
})
export type AgentsConfig = z.infer<typeof agents.schema>
export type Agent = AgentsConfig["list"][number]

/** Every agent; `main` alone when the config lists none. */
export const listAgents = (config: AgentsConfig): readonly Agent[] =>
  config.list.length ? config.list : [{ id: "main" }]

export const defaultAgentId = (config: AgentsConfig) => {
  const agents = listAgents(config)
  return (agents.find((agent) => agent.default) ?? agents[0]!).id
}

/** The agent named `id`, or the default one. Throws `agents.unknown`. */
export const findAgent = (config: AgentsConfig, id = defaultAgentId(config)): Agent => {
  const agents = listAgents(config)
  const agent = agents.find((agent) => agent.id === id.trim().toLowerCase())
  if (!agent) throw unknownAgent({ id, known: agents.map((agent) => agent.id) })
  return agent
}

/** Models to try for an agent, best first; empty when the config names none. */
export const modelsOf = (agent: Agent, { defaults }: AgentsConfig): string[] => {
  const own = splitChoice(agent.model)
  const shared = splitChoice(defaults.model)
  const primary = own.primary ?? shared.primary
  return [...(primary ? [primary] : []), ...(own.fallbacks ?? shared.fallbacks ?? [])]
}

/** The folder an agent works in (contract 16 §1), absolute. */
export const workspaceOf = (
  agent: Agent,
  config: AgentsConfig,
  paths: Pick<Paths, "home" | "state" | "config" | "workspace">,
): string => {
  const absolute = (path: string) => resolve(dirname(paths.config), expandTilde(path, paths.home))
  if (agent.workspace) return absolute(agent.workspace)
  const shared = config.defaults.workspace && absolute(config.defaults.workspace)
  if (agent.id === defaultAgentId(config)) return shared ?? paths.workspace
  if (shared) return join(shared, agent.id)
  const own = join(paths.state, `workspace-${agent.id}`)
  // The profile's own workspace may have that very name, and agents never share one unasked.
  return own === paths.workspace ? `${own}-agent` : own
}
