import { z } from "zod"
import { kindOf, mainKey } from "./keys.ts"
import type { Session } from "./session.ts"

/** A session as lists and events show it (wire/frames.md, SessionRow). */
export const sessionRow = z.object({
  key: z.string(),
  sessionId: z.string(),
  agentId: z.string(),
  kind: z.enum(["direct", "group", "global", "unknown"]),
  isMain: z.boolean(),
  label: z.string().optional(),
  displayName: z.string().optional(),
  derivedTitle: z.string().optional(),
  lastMessagePreview: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  runtimeMs: z.number().optional(),
  status: z.string(),
  hasActiveRun: z.boolean(),
  lastRunId: z.string().optional(),
  abortedLastRun: z.boolean(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  modelProvider: z.string().optional(),
  model: z.string().optional(),
})
export type SessionRow = z.infer<typeof sessionRow>

export const toRow = (session: Session): SessionRow => ({
  key: session.key,
  sessionId: session.sessionId,
  agentId: session.agentId,
  kind: kindOf(session.key),
  isMain: session.key.endsWith(`:${mainKey}`),
  label: session.label ?? undefined,
  displayName: session.label ?? session.title ?? undefined,
  derivedTitle: session.title ?? undefined,
  lastMessagePreview: session.preview ?? undefined,
  createdAt: session.createdAt,
  updatedAt: session.updatedAt,
  startedAt: session.startedAt ?? undefined,
  endedAt: session.endedAt ?? undefined,
  runtimeMs: session.startedAt && session.endedAt ? session.endedAt - session.startedAt : undefined,
  status: session.status,
  hasActiveRun: session.status === "running",
  lastRunId: session.lastRunId ?? undefined,
  abortedLastRun: session.status === "aborted",
  inputTokens: session.inputTokens,
  outputTokens: session.outputTokens,
  totalTokens: session.contextTokens,
  modelProvider: session.provider ?? undefined,
  model: session.model ?? undefined,
})

/** `provider/model` in two fields, as clients show them. */
export const modelNames = (ref: string) => {
  const slash = ref.indexOf("/")
  return slash < 0
    ? { model: ref }
    : { modelProvider: ref.slice(0, slash), model: ref.slice(slash + 1) }
}
