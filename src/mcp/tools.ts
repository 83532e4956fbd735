import * as z from "zod"
import { type AnyTool, tool, type ToolContext } from "../kernel/tool.ts"
import type { McpServerConfig } from "./config.ts"
import type { RemoteTool } from "./messages.ts"

/** Most characters of what a server says of a tool, and of the schema of its arguments. */
const mostDescription = 4_000
const mostSchema = 32_000

interface Server {
  id: string
  rules: McpServerConfig["tools"]
  /** Why it cannot be used now. */
  trouble(): string | undefined
  call(tool: string, args: object, call: Pick<ToolContext, "signal" | "progress">): Promise<unknown>
}

/** The tools of a server as an agent is given them, and the names of those that cannot be. */
export const toolsOf = (remote: readonly RemoteTool[], server: Server) => {
  const unfit: string[] = []
  const tools = remote.flatMap((one): AnyTool[] => {
    if (!isWanted(one.name, server.rules)) return []
    const parameters = { ...one.inputSchema, type: "object" }
    if (JSON.stringify(parameters).length > mostSchema) {
      unfit.push(one.name)
      return []
    }
    const title = shown(one.title ?? one.annotations?.title ?? one.name, 80)
    return [
      tool({
        name: one.name,
        group: "mcp",
        label: title,
        description: shown(one.description ?? title, mostDescription),
        // The server knows what its arguments mean, and judges them itself.
        params: z.record(z.string(), z.unknown()),
        parameters,
        deadlineMs: "own",
        available: () => server.trouble() ?? true,
        run: (args, { signal, progress }) => server.call(one.name, args, { signal, progress }),
      }),
    ]
  })
  return { tools, unfit }
}

const isWanted = (name: string, { allow, deny }: McpServerConfig["tools"]) => {
  const fits = (pattern: string) => patternOf(pattern).test(name)
  return !deny.some(fits) && (!allow.length || allow.some(fits))
}

const patternOf = (pattern: string) =>
  new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, "s")

/** What no person sees may steer a model all the same. */
const unseen = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}]|(?![\n\t])\p{Cc}/gu

const shown = (text: string, most: number) =>
  text.replace(unseen, "").trim().slice(0, most).toWellFormed()
