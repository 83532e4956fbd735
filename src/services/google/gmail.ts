import { randomUUID } from "node:crypto"
import * as z from "zod"
import type { Clock } from "../../kernel/clock.ts"
import { untrusted } from "../../kernel/untrusted.ts"
import { notFound, outOfBounds } from "../faults.ts"
import { compose } from "../mail/compose.ts"
import { answerTo, draftOf, needing, type Reader, shown } from "../mail/letter.ts"
import type { Draft } from "../mail/service.ts"
import { type MailSettings, mayWriteTo } from "../mail/settings.ts"
import { gmailMessage, headersOf, toRead } from "./gmail-message.ts"
import type { GmailRead, GmailSearch, GmailWrite } from "./gmail-tools.ts"
import type { GoogleClient } from "./service.ts"

const found = z.object({
  messages: z.array(z.object({ id: z.string() })).default([]),
  nextPageToken: z.string().optional(),
})
/** How many messages are asked for at a time. */
const side = 8
/** Of a longer conversation the latest are read. */
const mostOfThread = 20

export const search = async (
  { query, label, limit, page, listLabels }: GmailSearch,
  google: GoogleClient,
  signal: AbortSignal,
) => {
  const labels = listLabels || label ? await labelsOf(google, { signal }) : []
  if (listLabels)
    return untrusted(labels.map(({ name }) => name).join("\n"), { source: "Gmail, labels" })
  const { messages, nextPageToken } = found.parse(
    await google.ask("gmail", "/messages", {
      query: {
        q: query,
        labelIds: label && labelId(label, labels),
        maxResults: limit,
        pageToken: page,
      },
      signal,
    }),
  )
  const lines: string[] = []
  for (let at = 0; at < messages.length; at += side)
    lines.push(
      ...(await Promise.all(
        messages.slice(at, at + side).map(({ id }) => lineOf(id, google, signal)),
      )),
    )
  return (
    untrusted(lines.join("\n") || "[nothing found]", { source: "Gmail, a search" }) +
    (nextPageToken ? `\n[there is more: page "${nextPageToken}"]` : "")
  )
}

const lineOf = async (id: string, google: GoogleClient, signal: AbortSignal) => {
  const metadataHeaders = ["From", "Subject", "Date"]
  const query = { format: "metadata", metadataHeaders }
  const answer = await google.ask("gmail", `/messages/${id}`, { query, fine: [404], signal })
  if (!answer) return `${id} [gone meanwhile]`
  const { payload, labelIds } = gmailMessage.parse(answer)
  const header = headersOf(payload)
  const marks = `${labelIds.includes("UNREAD") ? "(unread) " : ""}${labelIds.includes("STARRED") ? "(starred) " : ""}`
  return `${id} ${marks}${header("date")} ${header("from")}: ${header("subject")}`
}

export const read = async (
  { id, thread }: GmailRead,
  google: GoogleClient,
  { reader, signal }: { reader: Reader; signal: AbortSignal },
) => {
  const message = await messageOf(id, google, signal)
  if (!thread) return shown(toRead(message), `Gmail, message ${id}`, reader)
  const whole = z
    .object({ messages: z.array(gmailMessage).default([]) })
    .parse(await google.ask("gmail", `/threads/${message.threadId}`, { signal }))
  const { messages } = whole
  const letters: string[] = []
  for (const one of messages.slice(-mostOfThread))
    letters.push(await shown(toRead(one), `Gmail, message ${one.id}`, reader))
  const left = messages.length - letters.length
  return [...(left > 0 ? [`[and ${left} before these]`] : []), ...letters].join("\n")
}

const messageOf = async (id: string, google: GoogleClient, signal: AbortSignal) =>
  gmailMessage.parse(
    await google.ask("gmail", `/messages/${id}`, {
      query: { format: "full" },
      what: `message ${id}`,
      signal,
    }),
  )

interface Writing {
  settings: MailSettings
  clock: Clock
  signal: AbortSignal
}

export const write = async (wish: GmailWrite, google: GoogleClient, writing: Writing) => {
  const { action, id, ids, add, remove } = wish
  const { signal } = writing
  const need = needing(action)
  switch (action) {
    case "send": {
      const draft = draftOf(wish)
      await google.ask("gmail", "/messages/send", {
        method: "POST",
        body: await letter(draft, google, writing),
        signal,
      })
      return `Sent to ${[...draft.to, ...(draft.cc ?? [])].join(", ")}.`
    }
    case "draft": {
      const message = await letter(draftOf(wish), google, writing)
      await google.ask("gmail", "/drafts", { method: "POST", body: { message }, signal })
      return "Left as a draft in Gmail."
    }
    case "reply": {
      const answered = await messageOf(need(id, "id, of the message to answer"), google, signal)
      const draft = answerTo(toRead(answered), wish, await addressOf(google, signal))
      const body = { ...(await letter(draft, google, writing)), threadId: answered.threadId }
      await google.ask("gmail", "/messages/send", { method: "POST", body, signal })
      return `Answered to ${[...draft.to, ...(draft.cc ?? [])].join(", ")}.`
    }
    case "label": {
      const marked = need(ids, "ids")
      if (!add?.length && !remove?.length) need(undefined, "labels to add or remove")
      const labels = await labelsOf(google, { signal })
      const idsOf = (names: readonly string[] = []) => names.map((name) => labelId(name, labels))
      const body = { ids: marked, addLabelIds: idsOf(add), removeLabelIds: idsOf(remove) }
      await google.ask("gmail", "/messages/batchModify", { method: "POST", body, signal })
      return `Changed the labels of ${marked.length}.`
    }
    case "trash": {
      const gone = need(ids, "ids")
      const body = { ids: gone, addLabelIds: ["TRASH"], removeLabelIds: ["INBOX"] }
      await google.ask("gmail", "/messages/batchModify", { method: "POST", body, signal })
      return `Put ${gone.length} into the bin, where Gmail keeps them for 30 days.`
    }
  }
}

const addressOf = async (google: GoogleClient, signal: AbortSignal) =>
  z.object({ emailAddress: z.string() }).parse(await google.ask("gmail", "/profile", { signal }))
    .emailAddress

const letter = async (
  draft: Draft,
  google: GoogleClient,
  { settings, clock, signal }: Writing,
): Promise<{ raw: string }> => {
  for (const address of [...draft.to, ...(draft.cc ?? [])])
    if (!mayWriteTo(address, settings))
      throw outOfBounds({ what: address, setting: "services.gmail.recipients" })
  const from = await addressOf(google, signal)
  const id = `${randomUUID()}@${from.split("@").at(-1)}`
  const data = compose({ ...draft, from, id, at: new Date(clock.now()) })
  return { raw: Buffer.from(data).toString("base64url") }
}

interface Label {
  id: string
  name: string
}

/** Gmail knows its labels by id; people know them by name. */
export const labelsOf = async (
  google: GoogleClient,
  { account, signal }: { account?: string; signal: AbortSignal },
): Promise<Label[]> => {
  const answer = await google.ask("gmail", "/labels", { account, signal })
  return z
    .object({ labels: z.array(z.object({ id: z.string(), name: z.string() })).default([]) })
    .parse(answer).labels
}

export const labelId = (name: string, labels: readonly Label[]): string => {
  const wanted = name.trim().toLowerCase()
  const known = labels.find((one) => one.name.toLowerCase() === wanted || one.id === name)
  if (known) return known.id
  throw notFound({ label: "Gmail", what: `label "${name}"` })
}
