import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { tool } from "../../kernel/tool.ts"
import { PageReader } from "../../web/provide.ts"
import { services } from "../config.ts"
import { mayUse } from "../grant.ts"
import { Mail } from "./service.ts"
import { mailGrant } from "./settings.ts"

const folder = onFirstUse(() =>
  z.string().trim().min(1).max(200).default("INBOX").describe("Folder, as the mailbox names it."),
)
const day = onFirstUse(() => z.iso.date().optional())
const line = onFirstUse(() => z.string().trim().min(1).max(500))
const uid = onFirstUse(() => z.int().min(1).max(4_294_967_295))

const searchParams = onFirstUse(() =>
  z.object({
    folder: folder(),
    from: line().optional().describe("Words of the sender's name or address."),
    to: line().optional().describe("Words of a recipient's."),
    subject: line().optional(),
    text: line().optional().describe("Words anywhere in it."),
    since: day().describe("From this day on, e.g. 2026-01-31."),
    before: day().describe("Before this day."),
    unread: z.boolean().optional().describe("Only what was not read yet."),
    flagged: z.boolean().optional().describe("Only what is marked."),
    query: line()
      .optional()
      .describe("In Gmail's own search words, e.g. `has:attachment`; only at Gmail."),
    limit: z.int().min(1).max(50).default(20).describe("Most messages to list, the newest first."),
    listFolders: z.boolean().optional().describe("List the names of the folders instead."),
  }),
)
export type MailSearch = z.output<ReturnType<typeof searchParams>>

export const mailSearch = tool({
  name: "mail_search",
  group: "services",
  label: "Search mail",
  description: "Searches the operator's mailbox and lists messages. Read one with mail_read.",
  params: searchParams,
  needs: { services, mail: Mail },
  available: ({ services, agentId }) => mayUse(mailGrant(services.gmail), agentId),
  async run(params, { mail, signal }) {
    const { search } = await import("./run.ts")
    return search(params, await mail(), signal)
  },
})

export const mailRead = tool({
  name: "mail_read",
  group: "services",
  label: "Read a mail",
  description: "Reads one message of the operator's mailbox. It stays as unread as it was.",
  params: () =>
    z.object({ folder: folder(), uid: uid().describe("Its number, as mail_search gives it.") }),
  needs: { services, mail: Mail, reader: PageReader },
  available: ({ services, agentId }) => mayUse(mailGrant(services.gmail), agentId),
  async run(params, { mail, reader, signal }) {
    const { read } = await import("./run.ts")
    return read(params, await mail(), reader, signal)
  },
})

const writeParams = onFirstUse(() =>
  z.object({
    action: z.enum(["send", "reply", "draft", "mark", "move"]),
    folder: folder(),
    uids: z
      .array(uid())
      .min(1)
      .max(100)
      .optional()
      .describe("Messages to mark or move; the one to reply to."),
    to: z.array(line()).max(50).optional().describe("Addresses, to send or draft to."),
    cc: z.array(line()).max(50).optional(),
    subject: line().optional(),
    text: z.string().max(200_000).optional().describe("The message, as plain text."),
    everyone: z.boolean().optional().describe("Reply to all who got it."),
    as: z.enum(["read", "unread", "flagged", "unflagged"]).optional().describe("How to mark."),
    destination: line().optional().describe("Folder to move to."),
  }),
)
export type MailWrite = z.output<ReturnType<typeof writeParams>>

export const mailWrite = tool({
  name: "mail_write",
  group: "services",
  label: "Send and sort mail",
  description:
    "Sends, answers and drafts mail in the operator's name, and marks or moves messages of the mailbox.",
  params: writeParams,
  needs: { services, mail: Mail },
  available: ({ services, agentId }) => mayUse(mailGrant(services.gmail), agentId, "write"),
  async run(params, { mail, signal }) {
    const { write } = await import("./run.ts")
    return write(params, await mail(), signal)
  },
})
