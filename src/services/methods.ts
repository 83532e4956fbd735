import * as z from "zod"
import { method } from "../kernel/method.ts"
import { AgentIds } from "../tools/methods.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { Connections, states } from "./connection.ts"
import { setups } from "./setup.ts"

export const list = method({
  name: "services.list",
  scope: "read",
  summary: "List the services agents may be given, and which agents have them.",
  params: () => z.strictObject({}),
  result: () =>
    z.object({
      services: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          state: z.enum(states),
          tools: z
            .array(z.string())
            .readonly()
            .describe("Its tools by name; `*` stands for any letters."),
          lacks: z.string().optional().describe("What it cannot do without."),
          problem: z.string().optional().describe("Why it does not work, where that is known."),
          access: z.enum(["read", "write"]).optional(),
          agents: z
            .array(z.string())
            .readonly()
            .optional()
            .describe("Agents by id; `*` for all. Absent where tool policy alone decides."),
          setup: z
            .object({
              plain: z
                .record(z.string(), z.string())
                .describe("Settings, and what to ask for each."),
              secret: z.object({ setting: z.string(), prompt: z.string() }),
              hint: z.string().describe("Where a person gets the credential."),
            })
            .optional(),
        }),
      ),
    }),
  example: {},
  needs: { connections: Connections },
  handle: (_, { connections }) => ({
    services: connections.list().map((one) => {
      const { plain, secret, hint } = setups[one.id] ?? {}
      return { ...one, ...(plain && secret && hint && { setup: { plain, secret, hint } }) }
    }),
  }),
})

export const capabilities = method({
  name: "services.capabilities",
  scope: "read",
  summary: "List what an agent can do with each service now, and what keeps it from the rest.",
  params: () =>
    z.strictObject({
      agentId: z.string().max(64).optional().describe("Agent; unset, the default one."),
    }),
  result: () =>
    z.object({
      agentId: z.string(),
      services: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          tools: z.array(
            z.object({
              name: z.string(),
              label: z.string(),
              usable: z.boolean(),
              why: z.string().optional().describe("What keeps the agent from it."),
            }),
          ),
        }),
      ),
    }),
  example: {},
  needs: { connections: Connections, toolbox: Toolbox, agentIds: AgentIds },
  handle({ agentId: asked }, { connections, toolbox, agentIds }) {
    const agentId = agentIds(asked)
    const sessionKey = `agent:${agentId}:main`
    const { tools } = toolbox.judged({ agentId, sessionKey, owner: true, surface: "chat" })
    return {
      agentId,
      services: connections.list().map(({ id, label, tools: patterns }) => ({
        id,
        label,
        tools: tools
          .filter(({ tool }) => patterns.some((one) => fits(tool.name, one)))
          .map(({ tool: { name, label }, hidden }) => {
            const why = connections.withheld(id, agentId) ?? hidden?.why
            return { name, label, usable: why === undefined, ...(why !== undefined && { why }) }
          }),
      })),
    }
  },
})

const fits = (name: string, pattern: string) =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern

export const test = method({
  name: "services.test",
  scope: "admin",
  summary: "Ask a service whether it takes the credential it was given.",
  params: () =>
    z.strictObject({ id: z.string().min(1).max(64).describe("The service, as listed.") }),
  result: () =>
    z.object({
      id: z.string(),
      label: z.string(),
      said: z.string().describe("Whom the service takes this gateway for, or what it offers."),
      ms: z.number(),
    }),
  example: { id: "github" },
  limit: { max: 30, windowMs: 60_000 },
  needs: { connections: Connections },
  handle: ({ id }, { connections, signal }) => connections.test(id, signal),
})
