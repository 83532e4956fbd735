import * as z from "zod"
import { method } from "../kernel/method.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"
import { historyMessage, maxMessageBytes, newestWithin, toHistory } from "../sessions/history.ts"
import { modelNames, sessionRow, toRow } from "../sessions/row.ts"
import type { Session } from "../sessions/session.ts"
import { agents, listAgents, modelsOf } from "../agents/config.ts"
import { sessionKey } from "./requests.ts"
import { Turns } from "./turns.ts"
import { levelsOf } from "./wishes.ts"

const largest = 6_000_000

export const history = method({
  name: "chat.history",
  scope: "read",
  summary: "Show a session's newest messages, oldest first.",
  params: () =>
    z.object({
      sessionKey,
      limit: z.int().min(1).max(1000).default(200).describe("Messages to return."),
      before: z.int().min(1).optional().describe("Only messages before this one's `seq`."),
      maxChars: z
        .int()
        .min(1)
        .max(largest)
        .default(largest)
        .describe("Characters of the whole answer; the newest message comes all the same."),
    }),
  result: () =>
    z.object({
      sessionKey: z.string(),
      sessionId: z.string().optional(),
      messages: z.array(historyMessage()),
      hasMore: z.boolean(),
      totalMessages: z.int(),
      thinkingLevel: z.string().optional(),
      /** How much of what tools do a client is to show. */
      verboseLevel: z.enum(["on", "full", "off"]).optional(),
      /** What a session without wishes of its own gets. */
      defaults: z.object({ modelProvider: z.string().optional(), model: z.string() }),
      sessionInfo: sessionRow()
        .extend({ activeRunIds: z.array(z.string()) })
        .optional(),
    }),
  example: { sessionKey: "main", limit: 50 },
  needs: { directory: Directory, turns: Turns, models: Models, agents },
  async handle({ sessionKey, limit, before, maxChars }, { directory, turns, models, agents }) {
    const { key, agentId } = directory.key(sessionKey)
    const agent = listAgents(agents).find(({ id }) => id === agentId)
    const model = (agent && modelsOf(agent, agents)[0]) ?? models.defaultRef()
    const shared = { sessionKey: key, defaults: modelNames(model) }
    const session = await directory.find(key)
    if (!session) return { ...shared, messages: [], hasMore: false, totalMessages: 0 }
    const { sessionId } = session
    const entries = await directory.history(sessionId, {
      limit,
      before,
      maxBytes: 2 * maxChars,
      maxEntryBytes: maxMessageBytes,
    })
    const messages = newestWithin(entries.map(toHistory), maxChars)
    const first = messages[0]?.__fased?.seq ?? 1
    const levels = levelsOf(session, agents)
    return {
      ...shared,
      sessionId,
      thinkingLevel: levels.thinking,
      verboseLevel: levels.verbose,
      messages,
      hasMore: first > 1,
      totalMessages: await directory.size(sessionId),
      sessionInfo: sessionInfo(session, turns),
    }
  },
})

/** The row, with the turns that run or wait: they are known here before the row says so. */
const sessionInfo = (session: Session, turns: Turns) => {
  const activeRunIds = turns.ofSession(session.key).map(({ runId }) => runId)
  return { ...toRow(session), hasActiveRun: activeRunIds.length > 0, activeRunIds }
}
