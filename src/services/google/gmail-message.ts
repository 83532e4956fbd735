/** One message as Gmail's API gives it: parts with their transfer encoding taken off. */
import * as z from "zod"
import type { Read } from "../mail/service.ts"

interface Part {
  mimeType?: string
  filename?: string
  headers?: { name: string; value: string }[]
  body?: { size?: number; data?: string }
  parts?: Part[]
}

/** Deeper and more than anyone nests a message; what is further in is not looked at. */
const deepest = 10
const mostParts = 200

const part: z.ZodType<Part> = z.object({
  mimeType: z.string().optional(),
  filename: z.string().optional(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  body: z.object({ size: z.number().optional(), data: z.string().optional() }).optional(),
  get parts() {
    return z.array(part).optional()
  },
})

export const gmailMessage = z.object({
  id: z.string(),
  threadId: z.string().default(""),
  labelIds: z.array(z.string()).default([]),
  snippet: z.string().default(""),
  payload: part.default({}),
})
export type GmailMessage = z.output<typeof gmailMessage>

/** The first of each header counts, as for every mail program. */
export const headersOf = ({ headers = [] }: Part) => {
  const known = new Map<string, string>()
  for (const { name, value } of headers.toReversed()) known.set(name.toLowerCase(), value)
  return (name: string) => (known.get(name.toLowerCase()) ?? "").replace(/[\r\n]+/g, " ").trim()
}

export const toRead = ({ payload }: GmailMessage): Read => {
  const header = headersOf(payload)
  const read: Read & { attachments: { name: string; type: string; bytes: number }[] } = {
    from: header("from"),
    to: header("to"),
    cc: header("cc"),
    replyTo: header("reply-to"),
    date: header("date"),
    subject: header("subject"),
    id: header("message-id"),
    references: header("references"),
    attachments: [],
    cut: false,
  }
  let seen = 0
  const walk = (one: Part, depth: number) => {
    if (++seen > mostParts || depth > deepest) {
      read.cut = true
      return
    }
    const { mimeType = "text/plain", filename, body, parts = [] } = one
    for (const inner of parts) walk(inner, depth + 1)
    if (mimeType.startsWith("multipart/")) return
    if (filename) read.attachments.push({ name: filename, type: mimeType, bytes: body?.size ?? 0 })
    else if (mimeType === "text/plain") read.text ??= textOf(one)
    else if (mimeType === "text/html") read.html ??= textOf(one)
  }
  walk(payload, 0)
  return read
}

const textOf = (one: Part) => {
  const bytes = Buffer.from(one.body?.data ?? "", "base64url")
  const charset = /charset="?([\w.:-]+)/i.exec(headersOf(one)("content-type"))?.[1] ?? "utf-8"
  try {
    return new TextDecoder(charset as "utf-8").decode(bytes)
  } catch {
    // Nobody knows that name; most of what is written is readable all the same.
    return new TextDecoder().decode(bytes)
  }
}
