import { randomUUID } from "node:crypto"
import * as z from "zod"
import { Clock } from "../../kernel/clock.ts"
import { method } from "../../kernel/method.ts"
import { Media } from "../../media/service.ts"
import { Models } from "../../models/service.ts"
import { checkpoint, Compactions, toCheckpoint } from "../../sessions/compaction.ts"
import { Directory } from "../../sessions/directory.ts"
import { unknownSession } from "../../sessions/faults.ts"
import { sessionRow, toRow } from "../../sessions/row.ts"
import { checkpointGone, unknownCheckpoint } from "../faults.ts"
import { sessionKey as key } from "../requests.ts"
import { compactByHand } from "./by-hand.ts"
import { Compactor } from "./compactor.ts"

const checkpointId = z.string().min(1).max(100).describe("The checkpoint.")

export const compact = method({
  name: "sessions.compact",
  scope: "admin",
  summary: "Make a session's conversation short: what is old is told in a summary.",
  params: () =>
    z.object({
      key,
      maxLines: z
        .int()
        .min(1)
        .max(100_000)
        .optional()
        .describe("Without a summary: only so many of the newest entries are read from now on."),
      instructions: z.string().max(4000).optional().describe("What the summary has to keep."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      key: z.string(),
      compacted: z.boolean(),
      checkpoint: checkpoint.optional(),
    }),
  example: { key: "main" },
  emits: ["sessions.changed"],
  needs: { directory: Directory, compactor: Compactor, models: Models },
  async handle({ key, maxLines, instructions }, { directory, compactor, models }) {
    const session = await directory.find(key)
    if (!session) throw unknownSession({ key })
    const wish = { maxLines, instructions }
    const done = await compactByHand(session, wish, { compactor, models })
    const facts = { ok: true as const, key: session.key, compacted: done !== null }
    return done ? { ...facts, checkpoint: toCheckpoint(done) } : facts
  },
})

export const list = method({
  name: "sessions.compaction.list",
  scope: "read",
  summary: "List the checkpoints of a session, the newest first.",
  params: () => z.object({ key }),
  result: () => z.object({ key: z.string(), checkpoints: z.array(checkpoint) }),
  example: { key: "main" },
  needs: { directory: Directory, compactions: Compactions },
  async handle(params, { directory, compactions }) {
    const { key } = directory.key(params.key)
    return { key, checkpoints: (await compactions.list(key)).map(toCheckpoint) }
  },
})

const one = async (compactions: Compactions, key: string, id: string) => {
  const found = await compactions.get(key, id)
  if (!found) throw unknownCheckpoint({ id })
  return found
}

export const get = method({
  name: "sessions.compaction.get",
  scope: "read",
  summary: "Show one checkpoint of a session, its summary included.",
  params: () => z.object({ key, checkpointId }),
  result: () => z.object({ key: z.string(), checkpoint }),
  example: { key: "main", checkpointId: "1" },
  needs: { directory: Directory, compactions: Compactions },
  async handle({ key: written, checkpointId }, { directory, compactions }) {
    const { key } = directory.key(written)
    return { key, checkpoint: toCheckpoint(await one(compactions, key, checkpointId)) }
  },
})

export const branch = method({
  name: "sessions.compaction.branch",
  scope: "write",
  summary: "Go on in a new session from the moment before a compaction.",
  params: () => z.object({ key, checkpointId }),
  result: () =>
    z.object({
      ok: z.literal(true),
      sourceKey: z.string(),
      key: z.string(),
      entry: sessionRow(),
    }),
  example: { key: "main", checkpointId: "1" },
  emits: ["sessions.changed"],
  needs: { directory: Directory, compactions: Compactions, media: Media, clock: Clock },
  async handle({ key: written, checkpointId }, { directory, compactions, media, clock }) {
    const { key: sourceKey, agentId } = directory.key(written)
    const from = await one(compactions, sourceKey, checkpointId)
    const key = `agent:${agentId}:branch-${randomUUID()}`
    const branched = await compactions.branch(from, { key, agentId, at: clock.now() })
    if (!branched) throw checkpointGone({ id: checkpointId })
    await media.share(sourceKey, key)
    const session = await directory.changed(key, "create")
    return { ok: true as const, sourceKey, key, entry: toRow(session!) }
  },
})

export const restore = method({
  name: "sessions.compaction.restore",
  scope: "admin",
  summary: "Put a session back to the moment before a compaction; what came after is archived.",
  params: () => z.object({ key, checkpointId }),
  result: () => z.object({ ok: z.literal(true), key: z.string(), entry: sessionRow() }),
  example: { key: "main", checkpointId: "1" },
  emits: ["sessions.changed"],
  needs: { directory: Directory, compactions: Compactions, clock: Clock },
  async handle({ key: written, checkpointId }, { directory, compactions, clock }) {
    const { key } = directory.key(written)
    const from = await one(compactions, key, checkpointId)
    const restored = await compactions.restore(from, clock.now())
    if (!restored) throw checkpointGone({ id: checkpointId })
    const session = await directory.changed(key, "restore")
    if (!session) throw unknownSession({ key })
    return { ok: true as const, key, entry: toRow(session) }
  },
})
