import * as z from "zod"
import { agents, findAgent } from "../agents/config.ts"
import { method } from "../kernel/method.ts"
import { Directory } from "./directory.ts"
import { headerOf, linesOf, readTranscript } from "./export.ts"
import { sessionExists, unknownSession } from "./faults.ts"
import { sessionRow, toRow } from "./row.ts"

/** What one answer may weigh; a client asks for the next part. */
const mostChars = 4_000_000
const atOnce = 200

export const exportTranscript = method({
  name: "sessions.export",
  scope: "read",
  summary: "Give a session's transcript as lines of JSON, part by part.",
  params: () =>
    z.object({
      key: z.string().min(1).describe("Session key; `main` is the default agent's main session."),
      after: z.int().min(0).default(0).describe("The `next` of the part before."),
      parentId: z.string().optional().describe("The `lastId` of the part before."),
      sessionId: z.string().optional().describe("The `sessionId` of the part before."),
    }),
  result: () =>
    z.object({
      key: z.string(),
      sessionId: z.string(),
      lines: z.array(z.string()),
      /** Where the next part begins; null at the end. */
      next: z.int().nullable(),
      lastId: z.string().nullable(),
    }),
  example: { key: "main" },
  needs: { directory: Directory },
  async handle({ key, after, parentId, sessionId: wanted }, { directory }) {
    const session = await directory.find(key)
    // A reset in between is another transcript: half of each would be none.
    if (!session || (wanted && session.sessionId !== wanted)) throw unknownSession({ key })
    const { sessionId } = session
    const lines = after ? [] : [JSON.stringify(headerOf(session))]
    let lastId = parentId ?? null
    let next: number | null = after
    for (let room = mostChars; next !== null && room > 0;) {
      const { entries, last } = await directory.after(sessionId, next, atOnce)
      const more = linesOf(entries, lastId)
      lines.push(...more)
      room -= more.reduce((sum, line) => sum + line.length, 0)
      lastId = entries.at(-1)?.id ?? lastId
      next = last
    }
    return { key: session.key, sessionId, lines, next, lastId }
  },
})

export const importTranscript = method({
  name: "sessions.import",
  scope: "admin",
  summary: "Make a session of an exported transcript; with one bad line nothing is written.",
  params: () =>
    z.object({
      lines: z.array(z.string()).min(1).max(200_000).describe("The file, line by line."),
      key: z.string().min(1).optional().describe("Key of the new session; else that of the file."),
      agentId: z.string().optional().describe("Agent it is for; else that of the file."),
      dryRun: z.boolean().default(false).describe("Only check it."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      key: z.string(),
      messages: z.int(),
      entry: sessionRow().nullable(),
    }),
  example: {
    lines: [
      '{"type":"session","version":1,"id":"1","key":"agent:main:old","agentId":"main","timestamp":"2026-01-01T00:00:00.000Z"}',
    ],
  },
  emits: ["sessions.changed"],
  needs: { directory: Directory, agents },
  async handle({ lines, key: wanted, agentId, dryRun }, { directory, agents }) {
    const { header, messages } = readTranscript(lines)
    const place = directory.key(wanted ?? ownKey(header.key, agentId))
    // What the file says of overrides, runs and ids is another gateway's; here it would be taken for ours.
    const transcript = {
      key: place.key,
      agentId: findAgent(agents, place.agentId).id,
      label: header.label ?? null,
      messages,
    }
    if (await directory.find(place.key)) throw sessionExists({ key: place.key })
    const session = dryRun ? null : await directory.restore(transcript)
    const entry = session && toRow(session)
    return { ok: true as const, key: place.key, messages: messages.length, entry }
  },
})

const ownKey = (key: string, agentId?: string) =>
  agentId === undefined ? key : key.replace(/^agent:[^:]+:/i, `agent:${agentId}:`)
