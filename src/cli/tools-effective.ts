import type { z } from "zod"
import type { effective } from "../tools/methods.ts"
import type { Client } from "../client/connect.ts"

export const sessionFlags = {
  agent: { type: "string", valueHint: "id", description: "Agent to ask about" },
  session: { type: "string", valueHint: "key", description: "Session to ask about; default: main" },
} as const

/** What a session may use, and what hides the rest. */
export const effectiveTools = async (
  client: Client,
  { agent, session }: { agent?: string; session?: string },
) =>
  (await client.request("tools.effective", {
    sessionKey: session ?? (agent ? `agent:${agent}:main` : "main"),
    ...(agent && { agentId: agent }),
  })) as z.infer<typeof effective.result>
