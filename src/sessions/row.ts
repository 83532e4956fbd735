import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { isMain, kindOf } from "./keys.ts"
import type { SessionOverrides } from "./overrides.ts"
import type { Session } from "./session.ts"

/** A session as lists and events show it (wire/frames.md, SessionRow). */
export const sessionRow = onFirstUse(() =>
  z.object({
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
    compactionCount: z.int(),
    spawnedBy: z.string().optional(),
    spawnDepth: z.int(),
    /** What it wants otherwise than the config says; absent where it inherits. */
    providerOverride: z.string().optional(),
    modelOverride: z.string().optional(),
    authProfileOverride: z.string().optional(),
    authProfileOverrideSource: z.enum(["auto", "user"]).optional(),
    thinkingLevel: z.string().optional(),
    verboseLevel: z.string().optional(),
    reasoningLevel: z.string().optional(),
    elevatedLevel: z.string().optional(),
    responseUsage: z.string().optional(),
    sendPolicy: z.string().optional(),
    groupActivation: z.string().optional(),
    execHost: z.string().optional(),
    execSecurity: z.string().optional(),
    execAsk: z.string().optional(),
    execNode: z.string().optional(),
    queueMode: z.string().optional(),
    queueDebounceMs: z.number().optional(),
    queueCap: z.number().optional(),
    queueDrop: z.string().optional(),
  }),
)
export type SessionRow = z.infer<ReturnType<typeof sessionRow>>

export const toRow = (session: Session): SessionRow => ({
  key: session.key,
  sessionId: session.sessionId,
  agentId: session.agentId,
  kind: kindOf(session.key),
  isMain: isMain(session.key),
  label: session.label ?? undefined,
  displayName: session.label ?? session.title ?? undefined,
  derivedTitle: session.title ?? undefined,
  lastMessagePreview: session.preview ?? undefined,
  createdAt: session.createdAt,
  updatedAt: session.updatedAt,
  startedAt: session.startedAt ?? undefined,
  endedAt: session.endedAt ?? undefined,
  runtimeMs: session.startedAt && session.endedAt ? session.endedAt - session.startedAt : undefined,
  status: session.damage ? "damaged" : session.status,
  hasActiveRun: session.status === "running",
  lastRunId: session.lastRunId ?? undefined,
  abortedLastRun: session.status === "aborted",
  inputTokens: session.inputTokens,
  outputTokens: session.outputTokens,
  totalTokens: session.contextTokens,
  modelProvider: session.provider ?? undefined,
  model: session.model ?? undefined,
  compactionCount: session.compactions,
  spawnedBy: session.spawnedBy ?? undefined,
  spawnDepth: session.spawnDepth,
  ...overridden(session.overrides),
})

const overridden = ({ model, authProfile, exec, queue, ...levels }: SessionOverrides) => {
  const { modelProvider, model: name } = model ? modelNames(model) : {}
  return {
    providerOverride: modelProvider,
    modelOverride: name,
    authProfileOverride: authProfile?.id,
    authProfileOverrideSource: authProfile?.source,
    thinkingLevel: levels.thinking,
    verboseLevel: levels.verbose,
    reasoningLevel: levels.reasoning,
    elevatedLevel: levels.elevated,
    responseUsage: levels.responseUsage,
    sendPolicy: levels.sendPolicy,
    groupActivation: levels.groupActivation,
    execHost: exec?.host,
    execSecurity: exec?.security,
    execAsk: exec?.ask,
    execNode: exec?.node,
    queueMode: queue?.mode,
    queueDebounceMs: queue?.debounceMs,
    queueCap: queue?.cap,
    queueDrop: queue?.drop,
  }
}

/** `provider/model` in two fields, as clients show them. */
export const modelNames = (ref: string): { modelProvider?: string; model: string } => {
  const slash = ref.indexOf("/")
  return slash < 0
    ? { model: ref }
    : { modelProvider: ref.slice(0, slash), model: ref.slice(slash + 1) }
}
