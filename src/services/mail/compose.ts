/** Writes a message as it travels. Nothing that was given can begin a header of its own. */

export interface Letter {
  from: string
  to: readonly string[]
  cc?: readonly string[]
  subject: string
  text: string
  /** `Message-ID` of what is answered, and of all before it. */
  inReplyTo?: string
  references?: string
  id: string
  at: Date
}

export const compose = (letter: Letter): string => {
  const { from, to, cc = [], subject, text, inReplyTo, references, id, at } = letter
  const headers: [string, string | undefined][] = [
    ["From", from],
    ["To", to.join(",\r\n ")],
    ["Cc", cc.length ? cc.join(",\r\n ") : undefined],
    ["Subject", encodeWords(subject)],
    ["Date", at.toUTCString().replace("GMT", "+0000")],
    ["Message-ID", `<${id}>`],
    ["In-Reply-To", inReplyTo && idsOf(inReplyTo)],
    ["References", references && idsOf(references)],
    ["MIME-Version", "1.0"],
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Transfer-Encoding", "base64"],
  ]
  const head = headers.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
  const body = Buffer.from(text.replace(/\r?\n/g, "\r\n")).toString("base64")
  return [...head, "", ...(body.match(/.{1,76}/g) ?? []), ""].join("\r\n")
}

/** Only what looks like ids: this comes out of a message that a stranger wrote. */
const idsOf = (text: string) => (text.match(/<[^<>\s]{1,250}>/g) ?? []).slice(-20).join("\r\n ")

/** An encoded word is 75 characters long at most, and never breaks a letter in two. */
const encodeWords = (text: string) => {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim()
  if (/^[\x20-\x7e]{0,70}$/.test(line) && !line.includes("=?")) return line
  const words: string[] = []
  let word = ""
  for (const letter of line) {
    if (Buffer.byteLength(word + letter) > 42) {
      words.push(word)
      word = ""
    }
    word += letter
  }
  return [...words, word]
    .map((one) => `=?utf-8?B?${Buffer.from(one).toString("base64")}?=`)
    .join("\r\n ")
}

/** The address in `Name <a@b>`, or nothing. */
export const addressIn = (text: string): string | undefined => {
  if (/\p{Cc}/u.test(text)) return undefined
  const found = /<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text)?.[1] ?? text.trim()
  return /^[^\s@<>,;:"()[\]\\]+@[A-Za-z0-9.-]+$/.test(found) ? found : undefined
}

/** The addresses of a header that names several. */
export const addressesIn = (header: string): string[] =>
  header.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).flatMap((one) => addressIn(one) ?? [])
