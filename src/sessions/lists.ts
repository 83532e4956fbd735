import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Prepared } from "../kernel/method.ts"
import { preparedAnswers } from "../kernel/prepared.ts"
import { service } from "../kernel/service.ts"
import type { Directory } from "./directory.ts"
import { modelNames, sessionRow, toRow } from "./row.ts"

export const listParams = onFirstUse(() =>
  z.object({
    limit: z.int().min(1).max(1000).default(100).describe("Rows to return."),
    offset: z.int().min(0).default(0).describe("Rows to skip."),
    activeMinutes: z.int().min(1).optional().describe("Only sessions used in the last minutes."),
    agentId: z.string().optional().describe("Only this agent's sessions."),
    label: z.string().optional().describe("Only sessions with this label."),
    search: z.string().max(200).optional().describe("Text in key, label or title."),
    spawnedBy: z.string().optional().describe("Only sessions this one started."),
    includeGlobal: z.boolean().optional().describe("Also the global session."),
    includeUnknown: z.boolean().optional().describe("Also sessions of unknown origin."),
    includeDerivedTitles: z.boolean().optional().describe("Titles are always included."),
    includeLastMessage: z.boolean().optional().describe("Previews are always included."),
    configuredAgentsOnly: z.boolean().optional().describe("Only agents that are configured."),
  }),
)

export const sessionPage = onFirstUse(() =>
  z.object({
    ts: z.number(),
    path: z.string(),
    count: z.int(),
    totalCount: z.int(),
    limitApplied: z.int(),
    nextOffset: z.int().nullable(),
    hasMore: z.boolean(),
    /** What a session without wishes of its own gets. */
    defaults: z.object({ modelProvider: z.string().optional(), model: z.string() }),
    sessions: z.array(sessionRow()),
  }),
)
type SessionPage = z.infer<ReturnType<typeof sessionPage>>

/** Pages of the session list, made once per change: clients ask for the same page over and over. */
export interface Lists {
  page(params: z.infer<ReturnType<typeof listParams>>): Promise<Prepared<SessionPage>>
}
export const Lists = service<Lists>("session lists")

export const createLists = ({
  directory,
  clock,
  defaultModel,
}: {
  directory: Directory
  clock: Clock
  /** `provider/model` of the default agent. */
  defaultModel: () => string
}): Lists => {
  const answers = preparedAnswers<SessionPage>(clock, 1000)

  const read = async ({
    limit,
    offset,
    activeMinutes,
    ...filter
  }: z.infer<ReturnType<typeof listParams>>) => {
    const ts = clock.now()
    const { agentId, label, search, spawnedBy } = filter
    const updatedSince = activeMinutes && ts - activeMinutes * 60_000
    const wanted = { agentId, label, search, spawnedBy, updatedSince, limit, offset }
    const found = await directory.list(wanted)
    const end = offset + found.sessions.length
    const hasMore = end < found.total
    return sessionPage().parse({
      ts,
      path: "fased.db",
      count: found.sessions.length,
      totalCount: found.total,
      limitApplied: limit,
      nextOffset: hasMore ? end : null,
      hasMore,
      defaults: modelNames(defaultModel()),
      sessions: found.sessions.map(toRow),
    })
  }
  return {
    page: (params) => answers(JSON.stringify(params), directory.version, () => read(params)),
  }
}
