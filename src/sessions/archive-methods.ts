import { randomUUID } from "node:crypto"
import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { Media } from "../media/service.ts"
import { Archives } from "./archives.ts"
import { Directory } from "./directory.ts"
import { unknownArchive } from "./faults.ts"
import { sessionRow, toRow } from "./row.ts"

export const list = method({
  name: "sessions.archives.list",
  scope: "read",
  summary: "List transcripts that were archived, the newest first.",
  params: () =>
    z.object({
      agentId: z.string().optional().describe("Only this agent's."),
      search: z.string().trim().max(200).optional().describe("Text in the key or the title."),
      limit: z.int().min(1).max(200).default(50).describe("At most this many."),
      offset: z.int().min(0).default(0).describe("How many to leave out."),
    }),
  result: () =>
    z.object({
      archives: z.array(
        z.object({
          sessionId: z.string(),
          key: z.string().describe("The key it was held under."),
          agentId: z.string(),
          title: z.string().optional(),
          reason: z.enum(["reset", "deleted", "pruned"]),
          archivedAt: z.number(),
        }),
      ),
      total: z.int(),
    }),
  example: { limit: 20 },
  needs: { archives: Archives },
  async handle(filter, { archives }) {
    const found = await archives.list(filter)
    return {
      total: found.total,
      archives: found.archives.map(({ title, ...one }) => ({ ...one, ...(title && { title }) })),
    }
  },
})

export const restore = method({
  name: "sessions.archives.restore",
  scope: "admin",
  summary: "Make an archived transcript a session again, under its old key where that is free.",
  params: () => z.object({ sessionId: z.string().min(1).max(64).describe("As listed.") }),
  result: () => z.object({ ok: z.literal(true), key: z.string(), entry: sessionRow() }),
  example: { sessionId: "0123456789abcdef" },
  emits: ["sessions.changed"],
  needs: { archives: Archives, directory: Directory, media: Media, clock: Clock },
  async handle({ sessionId }, { archives, directory, media, clock }) {
    const restored = await archives.restore(sessionId, {
      otherwise: (agentId) => `agent:${agentId}:restored-${randomUUID().slice(0, 8)}`,
      at: clock.now(),
    })
    if (!restored) throw unknownArchive({ sessionId })
    const { from, key } = restored
    if (key !== from) await media.share(from, key)
    const session = await directory.changed(key, "create")
    return { ok: true as const, key, entry: toRow(session!) }
  },
})
