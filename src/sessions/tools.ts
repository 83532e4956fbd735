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
