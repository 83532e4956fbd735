/** Makes tasks of what people ask for, and changes them. */
import { isIP } from "node:net"
import { isPublicAddress } from "../net/public-address.ts"
import {
  badPair,
  badTask,
  neverDue,
  noCurrentSession,
  privateWebhook,
  webhookNeedsAddress,
} from "./faults.ts"
import { type Creator, type Job, newJob, type NewJob, wishes } from "./job.ts"
import type { NextRun } from "./schedule.ts"

/** A moment that passed while the words were typed counts as now. */
const justPassedMs = 60_000

export const newTask = (
  asked: NewJob,
  { id, creator, now }: { id: string; creator: Creator; now: number },
): Job => ({
  ...placed(asked),
  id,
  enabled: asked.enabled ?? true,
  wakeMode: asked.wakeMode ?? "now",
  createdAtMs: now,
  updatedAtMs: now,
  creator,
  state: {},
})

/** The current session is the one its people are in when it is made. */
export const placed = (asked: NewJob): NewJob =>
  asked.sessionTarget === "current" && asked.sessionKey !== undefined
    ? { ...asked, sessionTarget: `session:${asked.sessionKey}` }
    : asked

/** Absent stays; null takes back. Parts of what has parts may be given alone. */
export type JobPatch = { [K in keyof typeof wishes]?: unknown }

export const patched = (job: Job, patch: JobPatch): Record<string, unknown> => {
  const parts = (["payload", "delivery", "executionPolicy"] as const).filter(
    (part) => typeof patch[part] === "object" && patch[part] !== null,
  )
  const kind = (patch.payload as { kind?: string } | undefined)?.kind
  return withoutNulls({
    ...wishesOf(job),
    ...(kind !== undefined && kind !== job.payload.kind && { sessionTarget: usualTarget(kind) }),
    ...patch,
    ...Object.fromEntries(parts.map((part) => [part, merged(job[part], patch[part]!)])),
  })
}

/** Where a message of that kind goes when nothing else is said. */
const usualTarget = (kind: string) => (kind === "systemEvent" ? "main" : "isolated")

/** Throws `cron.bad-task` for what has not the shape of one. */
export const readTask = (written: unknown): NewJob => {
  const parsed = newJob.safeParse(written)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw badTask({ why: `${issue!.path.join(".")}: ${issue!.message}` })
}

/** What the other kind of payload has would be dropped without a word. */
export const refuseForeign = (patch: JobPatch, { payload }: NewJob) => {
  for (const [key, value] of Object.entries(patch.payload ?? {}))
    if (value !== null && value !== undefined && !(key in payload))
      throw badTask({ why: `payload.${key}: the kind ${payload.kind} has none` })
}

const wishesOf = (job: Job) =>
  Object.fromEntries(Object.keys(wishes).map((key) => [key, job[key as keyof Job]]))

/** One of another kind replaces all of it. */
const merged = (known: object | undefined, given: object) => {
  const kinds = [known, given].map((one) => (one as { kind?: string } | undefined)?.kind)
  return kinds[1] !== undefined && kinds[0] !== kinds[1]
    ? given
    : withoutNulls({ ...known, ...given })
}

const withoutNulls = (values: object) =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  )

/** What can be known before the first call: names are looked up when it is made. */
const checkWebhook = (to: string | undefined, ours: string | undefined) => {
  const url = to === undefined ? null : URL.parse(to)
  if (!url || !/^https?:$/.test(url.protocol)) throw webhookNeedsAddress()
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
  if (to !== ours && isIP(host) && !isPublicAddress(host)) throw privateWebhook({ host })
}

/** Throws for what can never run, and works out when it is due first. */
export const planned = async (
  job: Job,
  {
    nextRun,
    now,
    webhook,
    replan = true,
  }: { nextRun: NextRun; now: number; webhook?: string; replan?: boolean },
): Promise<Job> => {
  const { sessionTarget, payload, delivery, name } = job
  if (sessionTarget === "current") throw noCurrentSession()
  const isPair = (sessionTarget === "main") === (payload.kind === "systemEvent")
  if (!isPair) throw badPair({ target: sessionTarget, kind: payload.kind })
  if (delivery?.mode === "webhook") checkWebhook(delivery.to ?? webhook, webhook)
  if (!replan) return job
  const next = await nextRun(job, job.schedule.kind === "at" ? now - justPassedMs : now)
  if (next === undefined && job.enabled) throw neverDue({ name })
  const { disabledReason: _, ...state } = job.state
  return {
    ...job,
    state: {
      ...state,
      consecutiveErrors: undefined,
      nextRunAtMs: job.enabled ? next : undefined,
    },
  }
}
