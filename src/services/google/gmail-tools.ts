import * as z from "zod"
import { Clock } from "../../kernel/clock.ts"
import { onFirstUse } from "../../kernel/later.ts"
import { tool } from "../../kernel/tool.ts"
import { PageReader } from "../../web/provide.ts"
import { services } from "../config.ts"
import { mayUse } from "../grant.ts"
import { gmailGrant } from "./grant.ts"
import { GoogleAccount } from "./service.ts"

const needs = { services, google: GoogleAccount }

const line = onFirstUse(() => z.string().trim().min(1).max(500))
const messageId = onFirstUse(() => z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/, "use an id as listed"))

const searchParams = onFirstUse(() =>
  z.object({
    query: line()
      .optional()
      .describe("In Gmail's own search words, e.g. `from:ann is:unread newer_than:7d`."),
    label: line().optional().describe("Only with this label, by name, e.g. INBOX."),
    limit: z.int().min(1).max(50).default(20).describe("Most messages to list, the newest first."),
    page: z.string().max(200).optional().describe("Where to go on, as the last list said."),
    listLabels: z.boolean().optional().describe("List the names of the labels instead."),
  }),
)
export type GmailSearch = z.output<ReturnType<typeof searchParams>>

export const gmailSearch = tool({
  name: "gmail_search",
  group: "services",
  label: "Search Gmail",
  description: "Searches the operator's Gmail and lists messages. Read one with gmail_read.",
  params: searchParams,
  needs,
  available: ({ services, google, agentId }) => mayUse(gmailGrant(services, google), agentId),
  async run(params, { google, signal }) {
    const { search } = await import("./gmail.ts")
    return search(params, await google.client(), signal)
  },
})

const readParams = onFirstUse(() =>
  z.object({
    id: messageId().describe("Its id, as gmail_search gives it."),
    thread: z.boolean().optional().describe("Read the whole conversation that it belongs to."),
  }),
)
export type GmailRead = z.output<ReturnType<typeof readParams>>

export const gmailRead = tool({
  name: "gmail_read",
  group: "services",
  label: "Read from Gmail",
  description: "Reads a message of the operator's Gmail, or a conversation. It stays unread.",
  params: readParams,
  needs: { ...needs, reader: PageReader },
  available: ({ services, google, agentId }) => mayUse(gmailGrant(services, google), agentId),
  async run(params, { google, reader, signal }) {
    const { read } = await import("./gmail.ts")
    return read(params, await google.client(), { reader, signal })
  },
})

const writeParams = onFirstUse(() =>
  z.object({
    action: z.enum(["send", "reply", "draft", "label", "trash"]),
    id: messageId().optional().describe("Message to reply to."),
    ids: z.array(messageId()).min(1).max(100).optional().describe("Messages to label or trash."),
    to: z.array(line()).max(50).optional().describe("Addresses, to send or draft to."),
    cc: z.array(line()).max(50).optional(),
    subject: line().optional(),
    text: z.string().max(200_000).optional().describe("The message, as plain text."),
    everyone: z.boolean().optional().describe("Reply to all who got it."),
    add: z
      .array(line())
      .max(20)
      .optional()
      .describe("Labels to put on, by name: one of your own, or STARRED, UNREAD, INBOX."),
    remove: z
      .array(line())
      .max(20)
      .optional()
      .describe("Labels to take off: without UNREAD it is read, without INBOX archived."),
  }),
)
export type GmailWrite = z.output<ReturnType<typeof writeParams>>

export const gmailWrite = tool({
  name: "gmail_write",
  group: "services",
  label: "Send and sort in Gmail",
  description:
    "Sends, answers and drafts mail in the operator's name, and labels or trashes messages in Gmail.",
  params: writeParams,
  needs: { ...needs, clock: Clock },
  available: ({ services, google, agentId }) =>
    mayUse(gmailGrant(services, google), agentId, "write"),
  async run(params, { services, google, clock, signal }) {
    const { write } = await import("./gmail.ts")
    return write(params, await google.client(), { settings: services.gmail, clock, signal })
  },
})
