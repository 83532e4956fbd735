/** A letter as a model reads it, and as it writes one. */
import { untrusted } from "../../kernel/untrusted.ts"
import type { PageReader } from "../../web/provide.ts"
import { incomplete } from "../faults.ts"
import { addressesIn, addressIn } from "./compose.ts"
import type { Draft, Read } from "./service.ts"

const mostText = 40_000
export type Reader = NonNullable<(typeof PageReader)["provides"]>

/** A whole letter, fenced. */
export const shown = async (letter: Read, source: string, reader: Reader) => {
  const { from, to, cc, date, subject, attachments, cut } = letter
  const whole = [
    `From: ${from}`,
    `To: ${to}`,
    cc && `Cc: ${cc}`,
    `Date: ${date}`,
    `Subject: ${subject}`,
    ...attachments.map(({ name, type, bytes }) => `Attached: ${name} (${type}, ${bytes} bytes)`),
    "",
    await wordsOf(letter, reader),
  ]
    .filter((line) => typeof line === "string")
    .join("\n")
  const left = whole.length - mostText
  return [
    untrusted(whole.slice(0, mostText).toWellFormed(), { source }),
    left > 0 && `[cut: ${left} more characters]`,
    cut && "[cut: the message is longer than is read of one]",
  ]
    .filter(Boolean)
    .join("\n")
}

/** What it says, as plain text. */
export const wordsOf = async ({ text, html }: Pick<Read, "text" | "html">, reader: Reader) =>
  (text ?? (html === undefined ? "[no text]" : await plain(html, reader))).trim()

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

/** What a model wants written. */
export interface Wish {
  action: string
  to?: readonly string[]
  cc?: readonly string[]
  subject?: string
  text?: string
  everyone?: boolean
}

/** Gives what is there, or says that the action needs it. */
export const needing =
  (action: string) =>
  <T>(value: T | undefined, needs: string): T => {
    if (value === undefined) throw incomplete({ action, needs })
    return value
  }

export const draftOf = ({ action, to, cc, subject, text }: Wish): Draft => {
  const need = needing(action)
  return {
    to: need(to, "to").map((one) => checked(action, one)),
    cc: cc?.map((one) => checked(action, one)),
    subject: need(subject, "a subject"),
    text: need(text, "a text"),
  }
}

const checked = (action: string, text: string) => {
  const address = addressIn(text)
  if (address === undefined)
    throw incomplete({ action, needs: `a mail address in place of "${text}"` })
  return address
}

/** An answer to whoever wrote, and with `everyone` to all who got it. */
export const answerTo = (read: Read, wish: Wish, own: string): Draft => {
  const { action, everyone } = wish
  const text = needing(action)(wish.text, "a text")
  const to = addressesIn(read.replyTo || read.from).slice(0, 1)
  if (!to.length) throw incomplete({ action, needs: "a sender's address, which it lacks" })
  const isOther = (address: string) =>
    address.toLowerCase() !== own.toLowerCase() && !to.includes(address)
  const cc = everyone ? [...addressesIn(read.to), ...addressesIn(read.cc)].filter(isOther) : []
  return {
    to,
    cc: [...new Set(cc)].slice(0, 50),
    text,
    subject: /^re:/i.test(read.subject) ? read.subject : `Re: ${read.subject}`,
    inReplyTo: read.id,
    references: `${read.references} ${read.id}`,
  }
}
