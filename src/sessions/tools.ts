import { z } from "zod"
import { Clock } from "../kernel/clock.ts"
import { tool } from "../kernel/tool.ts"
import { Directory } from "./directory.ts"
import { unknownSession } from "./faults.ts"

export const sessionStatus = tool({
  name: "session_status",
  group: "sessions",
  label: "Session status",
  description: "The current time, and this session's model, tokens and age.",
  params: z.object({}),
  needs: { directory: Directory, clock: Clock },
  async run(_, { directory, clock, sessionKey }) {
    const session = await directory.find(sessionKey)
    if (!session) throw unknownSession({ key: sessionKey })
    return {
      now: new Date(clock.now()).toISOString(),
      sessionKey,
      model: session.model && `${session.provider}/${session.model}`,
      messages: await directory.size(session.sessionId),
      inputTokens: session.inputTokens,
      outputTokens: session.outputTokens,
      contextTokens: session.contextTokens,
      startedAt: new Date(session.createdAt).toISOString(),
    }
  },
})

export const sessionsList = tool({
  name: "sessions_list",
  group: "sessions",
  label: "List sessions",
  description: "This agent's sessions, the newest first.",
  params: z.object({
    limit: z.int().min(1).max(50).default(20).describe("How many to list."),
    search: z.string().max(200).optional().describe("Words in key, label or title."),
  }),
  needs: { directory: Directory },
  async run({ limit, search }, { directory, agentId }) {
    const { sessions, total } = await directory.list({ agentId, search, limit })
    return {
      total,
      sessions: sessions.map(({ key, title, updatedAt, status }) => ({
        key,
        title,
        status,
        updatedAt: new Date(updatedAt).toISOString(),
      })),
    }
  },
})
