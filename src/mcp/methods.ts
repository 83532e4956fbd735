import * as z from "zod"
import { method } from "../kernel/method.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { McpServers, states } from "./service.ts"

const server = z.string().min(1).max(64).describe("The server's name in `mcp.servers`.")

export const list = method({
  name: "mcp.list",
  scope: "read",
  summary: "List the MCP servers of the config, and how each of them is.",
  params: () => z.strictObject({}),
  result: () =>
    z.object({
      servers: z.array(
        z.object({
          id: z.string(),
          enabled: z.boolean(),
          transport: z.enum(["stdio", "http"]),
          where: z.string().describe("The program's name, or the server's origin."),
          state: z.enum(states),
          tools: z.number(),
          restarts: z.number().describe("Times it was started again after it had failed."),
          problem: z.string().optional(),
        }),
      ),
    }),
  example: {},
  needs: { servers: McpServers },
  handle: (_, { servers }) => ({ servers: servers.list() }),
})

export const tools = method({
  name: "mcp.tools",
  scope: "read",
  summary: "List the tools that MCP servers give to agents.",
  params: () => z.strictObject({ server: server.optional() }),
  result: () =>
    z.object({
      tools: z.array(
        z.object({
          server: z.string(),
          name: z.string().describe("What agents and the lists of `tools.allow` call it."),
          label: z.string(),
          description: z.string(),
        }),
      ),
    }),
  example: { server: "notes" },
  needs: { toolbox: Toolbox },
  handle: ({ server }, { toolbox }) => ({
    tools: toolbox.all.flatMap(({ source, name, label, description }) =>
      source?.kind === "mcp" && (server === undefined || source.id === server)
        ? [{ server: source.id, name, label, description }]
        : [],
    ),
  }),
})

export const test = method({
  name: "mcp.test",
  scope: "admin",
  summary: "Start an MCP server if it does not run, and ask whether it answers.",
  params: () => z.strictObject({ server }),
  result: () =>
    z.object({
      name: z.string().describe("What it calls itself."),
      version: z.string(),
      protocol: z.string(),
      ms: z.number(),
      tools: z.number(),
    }),
  example: { server: "notes" },
  needs: { servers: McpServers },
  handle: ({ server }, { servers }) => servers.test(server),
})
