import type { McpStatus, McpTest } from "../../mcp/service.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

export const mcpList = command({
  args: gatewayFlags,
  examples: [["fased mcp list", "which servers there are, and how each of them is"]],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) => client.request("mcp.list", {}))
    if (args.json) return out.json(result)
    const { servers } = result as { servers: McpStatus[] }
    if (!servers.length) {
      out.print("No MCP server is set up.")
      return out.print(`Add one: ${fased(context, "mcp add <name> <program or address>")}`)
    }
    const { accent, muted, good, warn, bad } = out.paint
    const paintOf = { ready: good, failed: bad, starting: warn, resting: muted, off: muted }
    const rows = servers.map(({ id, state, tools, restarts, where, problem }) => [
      [id, accent] as const,
      [state, paintOf[state]] as const,
      `${tools}`,
      `${restarts}`,
      printable(where, 60),
      printable(problem ?? "", 200),
    ])
    const head = ["SERVER", "STATE", "TOOLS", "RESTARTS", "WHERE", "PROBLEM"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  },
})

export const mcpTools = command({
  args: {
    server: { type: "positional", required: false, description: "Only the tools of this server" },
    ...gatewayFlags,
  },
  examples: [["fased mcp tools notes", "what agents can have done by it"]],
  async run({ server, ...args }, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) =>
      client.request("mcp.tools", server ? { server } : {}),
    )
    if (args.json) return out.json(result)
    const { tools } = result as { tools: { name: string; server: string; description: string }[] }
    if (!tools.length) {
      out.print("No MCP server gives a tool.")
      return out.print(`See how they are: ${fased(context, "mcp list")}`)
    }
    const { accent, muted } = out.paint
    const rows = tools.map(({ name, description }) => [
      [printable(name, 64), accent] as const,
      printable(description, 120),
    ])
    for (const line of table(["TOOL", "WHAT IT DOES"], rows, { width: out.width, muted }))
      out.print(line)
  },
})

export const mcpTest = command({
  about: "A server that failed is tried at once, and not when its pause is over.",
  args: {
    server: { type: "positional", required: true, description: "The server's name" },
    ...gatewayFlags,
  },
  examples: [["fased mcp test notes", "start it if it does not run, and see whether it answers"]],
  async run({ server, ...args }, context) {
    const { out } = context
    const timeoutMs = Number(args.timeout ?? 60_000)
    const result = (await withGateway(args, context, (client) =>
      client.request("mcp.test", { server }, { timeoutMs }),
    )) as McpTest
    if (args.json) return out.json(result)
    const { name, version, protocol, ms, tools } = result
    const called = [name, version].map((word) => printable(word, 60)).join(" ")
    out.print(`${out.paint.good("Answers")} in ${ms} ms: ${called.trim()}, protocol ${protocol}`)
    out.print(
      tools
        ? `It gives ${tools} ${tools === 1 ? "tool" : "tools"}: ${fased(context, `mcp tools ${server}`)}`
        : "It gives no tools.",
    )
  },
})
