import type { z } from "zod"
import type { effective } from "../tools/methods.ts"
import type { Client } from "../client/connect.ts"

export const sessionFlags = {
  agent: { type: "string", valueHint: "id", description: "Agent to ask about" },
  session: { type: "string", valueHint: "key", description: "Session to ask about; default: main" },
  stranger: {
    type: "boolean",
    description: "Ask for turns that others start: webhooks, channels' users",
  },
} as const

/** What a session may use, and what hides the rest. */
export const effectiveTools = async (
  client: Client,
  { agent, session, stranger }: { agent?: string; session?: string; stranger?: boolean },
) =>
  (await client.request("tools.effective", {
    sessionKey: session ?? (agent ? `agent:${agent}:main` : "main"),
    ...(agent && { agentId: agent }),
    ...(stranger && { stranger }),
  })) as z.infer<typeof effective.result>
