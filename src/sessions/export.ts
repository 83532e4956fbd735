import * as z from "zod"
import { badImport } from "./faults.ts"
import type { Entry, Message } from "./message.ts"
import { messageSchema } from "./message.ts"
import type { Session } from "./session.ts"

/** The first line of a transcript as a file (contract 16 §5), and one of each message. */
const header = z.object({
  type: z.literal("session"),
  version: z.literal(1),
  id: z.string().max(200),
  key: z.string().max(512),
  agentId: z.string().max(64),
  timestamp: z.iso.datetime(),
  label: z.string().trim().min(1).max(64).optional(),
  parentSession: z.string().max(200).optional(),
})
export type Header = z.infer<typeof header>

const line = z.object({
  type: z.literal("message"),
  id: z.string().min(1).max(200),
  parentId: z.string().max(200).nullable(),
  timestamp: z.iso.datetime(),
  message: messageSchema,
})

export const headerOf = (session: Session): Header => ({
  type: "session",
  version: 1,
  id: session.sessionId,
  key: session.key,
  agentId: session.agentId,
  timestamp: isoOf(session.createdAt),
  ...(session.label && { label: session.label }),
  ...(session.forkedFrom && { parentSession: session.forkedFrom }),
})

/** Lines for entries that follow one another; `parentId` is the one before the first. */
export const linesOf = (entries: readonly Entry[], parentId: string | null): string[] =>
  entries.map(({ id, message }, at) =>
    JSON.stringify({
      type: "message",
      id,
      parentId: entries[at - 1]?.id ?? parentId,
      timestamp: isoOf(message.timestamp),
      message,
    } satisfies z.input<typeof line>),
  )

/** A time no calendar holds is written as the first there is. */
const isoOf = (at: number) => new Date(Math.abs(at) < 8.64e15 ? at : 0).toISOString()

/**
 * A transcript out of its file: whole, or the first line that keeps it from being one. Ids are only
 * looked at to see that no message is missing.
 */
export const readTranscript = (
  lines: readonly string[],
): { header: Header; messages: Message[] } => {
  const written = lines
    .map((text, at) => ({ text, number: at + 1 }))
    .filter(({ text }) => text.trim())
  const [first, ...rest] = written
  if (!first) throw badImport({ line: 1, why: "is not there: the file is empty" })
  const head = header.safeParse(parse(first))
  if (!head.success)
    throw badImport({ line: first.number, why: `is no header of a transcript (${issueOf(head)})` })
  let before: string | null = null
  const messages = rest.map((one) => {
    const read = line.safeParse(parse(one))
    if (!read.success)
      throw badImport({ line: one.number, why: `is no message of a transcript (${issueOf(read)})` })
    if (read.data.parentId !== before)
      throw badImport({ line: one.number, why: "does not follow the message before it" })
    before = read.data.id
    return read.data.message
  })
  return { header: head.data, messages }
}

const parse = ({ text, number }: { text: string; number: number }): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw badImport({ line: number, why: "is not JSON" })
  }
}

const issueOf = ({ error }: { error?: z.ZodError }) => {
  const issue = error?.issues[0]
  return [issue?.path.join("."), issue?.message].filter(Boolean).join(": ").slice(0, 200)
}
