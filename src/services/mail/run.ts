import { untrusted } from "../../kernel/untrusted.ts"
import type { PageReader } from "../../web/provide.ts"
import { incomplete } from "../faults.ts"
import { addressesIn, addressIn } from "./compose.ts"
import type { Draft, Mailbox, Read } from "./service.ts"
import type { MailSearch, MailWrite } from "./tools.ts"

const mostText = 40_000
type Reader = NonNullable<(typeof PageReader)["provides"]>

export const search = async (
  { listFolders, ...wanted }: MailSearch,
  mail: Mailbox,
  signal: AbortSignal,
) => {
  const source = `mailbox, ${wanted.folder}`
  if (listFolders) return untrusted((await mail.folders(signal)).join("\n"), { source: "mailbox" })
  const { total, found } = await mail.search(wanted, signal)
  const lines = found.map(
    ({ uid, date, from, subject, isNew, isFlagged }) =>
      `${uid} ${isNew ? "(unread) " : ""}${isFlagged ? "(marked) " : ""}${date} ${from}: ${subject}`,
  )
  const left = total - found.length
  return (
    untrusted(lines.join("\n") || "[nothing found]", { source }) +
    (left > 0 ? `\n[and ${left} older]` : "")
  )
}

export const read = async (
  place: { folder: string; uid: number },
  mail: Mailbox,
  reader: Reader,
  signal: AbortSignal,
) => {
  const { from, to, cc, date, subject, text, html, attachments, cut } = await mail.read(
    place,
    signal,
  )
  const words = text ?? (html === undefined ? "[no text]" : await plain(html, reader))
  const whole = [
    `From: ${from}`,
    `To: ${to}`,
    cc && `Cc: ${cc}`,
    `Date: ${date}`,
    `Subject: ${subject}`,
    ...attachments.map(({ name, type, bytes }) => `Attached: ${name} (${type}, ${bytes} bytes)`),
    "",
    words.trim(),
  ]
    .filter((line) => typeof line === "string")
    .join("\n")
  const left = whole.length - mostText
  return [
    untrusted(whole.slice(0, mostText).toWellFormed(), {
      source: `mail ${place.uid} in ${place.folder}`,
    }),
    left > 0 && `[cut: ${left} more characters]`,
    cut && "[cut: the message is longer than is read of one]",
  ]
    .filter(Boolean)
    .join("\n")
}

const plain = async (html: string, reader: Reader) => {
  const page = await reader.read({
    kind: "html",
    bytes: Buffer.from(html),
    charset: "utf-8",
    url: "https://mail.invalid/",
    mode: "markdown",
    main: false,
    maxChars: mostText,
  })
  return page.text
}

export const write = async (wish: MailWrite, mail: Mailbox, signal: AbortSignal) => {
  const { action, folder, uids, as, destination } = wish
  const need = <T>(value: T | undefined, needs: string): T => {
    if (value === undefined) throw incomplete({ action, needs })
    return value
  }
  switch (action) {
    case "send": {
      const draft = draftOf(wish, need)
      await mail.send(draft, signal)
      return `Sent to ${[...draft.to, ...(draft.cc ?? [])].join(", ")}.`
    }
    case "draft":
      return `Left as a draft in ${await mail.draft(draftOf(wish, need), signal)}.`
    case "reply": {
      const [uid] = need(uids, "uids, with the message to answer")
      const text = need(wish.text, "a text")
      const draft = answerTo(await mail.read({ folder, uid: uid! }, signal), wish, mail.address())
      if (!draft.to.length)
        throw incomplete({ action, needs: "a sender's address, which it lacks" })
      await mail.send({ ...draft, text }, signal)
      return `Answered to ${[...draft.to, ...(draft.cc ?? [])].join(", ")}.`
    }
    case "mark": {
      const marked = need(uids, "uids")
      await mail.mark({ folder, uids: marked }, need(as, "as"), signal)
      return `Marked ${marked.length} as ${as}.`
    }
    case "move": {
      const moved = need(uids, "uids")
      await mail.move({ folder, uids: moved }, need(destination, "a destination"), signal)
      return `Moved ${moved.length} to ${destination}.`
    }
  }
}

type Need = <T>(value: T | undefined, needs: string) => T

const draftOf = ({ action, to, cc, subject, text }: MailWrite, need: Need): Draft => ({
  to: need(to, "to").map((one) => checked(action, one)),
  cc: cc?.map((one) => checked(action, one)),
  subject: need(subject, "a subject"),
  text: need(text, "a text"),
})

const checked = (action: string, text: string) => {
  const address = addressIn(text)
  if (address === undefined)
    throw incomplete({ action, needs: `a mail address in place of "${text}"` })
  return address
}

const answerTo = (read: Read, { everyone }: MailWrite, own: string): Omit<Draft, "text"> => {
  const to = addressesIn(read.replyTo || read.from).slice(0, 1)
  const isOther = (address: string) =>
    address.toLowerCase() !== own.toLowerCase() && !to.includes(address)
  const cc = everyone ? [...addressesIn(read.to), ...addressesIn(read.cc)].filter(isOther) : []
  return {
    to,
    cc: [...new Set(cc)].slice(0, 50),
    subject: /^re:/i.test(read.subject) ? read.subject : `Re: ${read.subject}`,
    inReplyTo: read.id,
    references: `${read.references} ${read.id}`,
  }
}
