import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { session as sessionSection } from "./config.ts"
import { Directory } from "./directory.ts"
import { sessionRow, toRow } from "./row.ts"
import { Search } from "./search.ts"
import { Upkeep } from "./upkeep.ts"

const key = z.string().min(1).describe("Session key; `main` is the default agent's main session.")

export const remove = method({
  name: "sessions.delete",
  scope: "admin",
  summary: "Take a session out of the list; its transcript is archived unless it is to go too.",
  params: () =>
    z.object({
      key,
      deleteTranscript: z.boolean().default(false).describe("Also remove the transcript for good."),
      emitLifecycleHooks: z.boolean().optional().describe("Accepted for older clients."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      key: z.string(),
      deleted: z.boolean(),
      archived: z.array(z.string()),
      entry: sessionRow(),
    }),
  example: { key: "agent:main:old" },
  emits: ["sessions.changed"],
  needs: { directory: Directory, upkeep: Upkeep },
  async handle(params, { directory, upkeep }) {
    const { key } = directory.key(params.key)
    const reason = params.deleteTranscript ? "erased" : "deleted"
    const session = await directory.remove(key, reason)
    if (params.deleteTranscript) await upkeep.erase(session.sessionId)
    const archived = params.deleteTranscript ? [] : [session.sessionId]
    return { ok: true as const, key, deleted: true, archived, entry: toRow(session) }
  },
})

export const search = method({
  name: "sessions.search",
  scope: "read",
  summary: "Find words in the transcripts of all sessions, archived ones too.",
  params: () =>
    z.object({
      query: z.string().trim().min(1).max(200).describe("Words; the last may be cut short."),
      agentId: z.string().optional().describe("Only this agent's."),
      key: z.string().optional().describe("Only in this session as it is now."),
      limit: z.int().min(1).max(100).default(20).describe("Most matches."),
    }),
  result: () =>
    z.object({
      ts: z.number(),
      /** False while words of transcripts are still being read. */
      complete: z.boolean(),
      results: z.array(
        z.object({
          key: z.string(),
          sessionId: z.string(),
          agentId: z.string().optional(),
          displayName: z.string().optional(),
          archived: z.boolean(),
          messageId: z.string(),
          messageSeq: z.int(),
          role: z.string(),
          timestamp: z.number(),
          snippet: z.string(),
        }),
      ),
    }),
  example: { query: "heron" },
  needs: { search: Search, directory: Directory, clock: Clock },
  async handle({ query, agentId, key, limit }, { search, directory, clock }) {
    const session = key === undefined ? undefined : await directory.find(key)
    const ts = clock.now()
    if (session === null) return { ts, complete: true, results: [] }
    const wanted = { text: query, agentId, sessionId: session?.sessionId, limit }
    const { hits, complete } = await search.find(wanted)
    return {
      ts,
      complete,
      results: hits.map(({ id, seq, label, title, agentId, ...hit }) => ({
        ...hit,
        agentId: agentId ?? undefined,
        displayName: label ?? title ?? undefined,
        messageId: id,
        messageSeq: seq,
      })),
    }
  },
})

export const cleanup = method({
  name: "sessions.cleanup",
  scope: "admin",
  summary: "Archive and remove what session.maintenance does not keep, or only tell what that is.",
  params: () =>
    z.object({
      enforce: z.boolean().default(false).describe("Do it; else only look."),
    }),
  result: () =>
    z.object({
      mode: z.enum(["warn", "enforce"]),
      dryRun: z.boolean(),
      stores: z.array(
        z.object({
          agentId: z.string(),
          storePath: z.string(),
          beforeCount: z.int(),
          afterCount: z.int(),
          pruned: z.int(),
          capped: z.int(),
        }),
      ),
      archivesRemoved: z.int(),
      evicted: z.int(),
      bytesBefore: z.number(),
      bytesAfter: z.number(),
      bytesLimit: z.number().nullable(),
    }),
  example: {},
  emits: ["sessions.changed"],
  needs: { upkeep: Upkeep, session: sessionSection },
  async handle({ enforce }, { upkeep, session }) {
    const report = enforce ? await upkeep.enforce() : upkeep.look()
    const stores = report.stores.map((one) => ({ ...one, storePath: "fased.db" }))
    return { ...report, stores, mode: session.maintenance.mode, dryRun: !enforce }
  },
})

export const repair = method({
  name: "sessions.repair",
  scope: "admin",
  summary: "Take out of damaged sessions what cannot be read; copies stay in quarantine.",
  params: () => z.object({ key: key.optional() }),
  result: () =>
    z.object({
      ok: z.literal(true),
      repaired: z.array(z.object({ key: z.string(), damage: z.enum(["overrides", "messages"]) })),
    }),
  example: {},
  emits: ["sessions.changed"],
  needs: { directory: Directory },
  async handle(params, { directory }) {
    const key = params.key === undefined ? undefined : directory.key(params.key).key
    return { ok: true as const, repaired: await directory.repair(key) }
  },
})
