/** Reads a message as it travels (RFC 5322, 2045–2047): its headers, its words, its attachments. */

export interface MailMessage {
  header(name: string): string
  /** What it says as plain text; undefined when there is only HTML. */
  text?: string
  html?: string
  attachments: { name: string; type: string; bytes: number }[]
}

/** Deeper than anyone nests a message; what is further in is not looked at. */
const deepest = 10
const mostParts = 200

interface Part {
  headers: ReadonlyMap<string, string>
  /** One character a byte. */
  body: string
}

export const readMessage = (raw: Buffer): MailMessage => {
  const whole = split(raw.toString("latin1"))
  const message: MailMessage = {
    header: (name) => readableHeader(whole.headers.get(name.toLowerCase()) ?? ""),
    attachments: [],
  }
  let parts = 0
  const walk = (part: Part, depth: number) => {
    if (++parts > mostParts || depth > deepest) return
    const { value: type, params } = parameters(part.headers.get("content-type") ?? "text/plain")
    if (type.startsWith("multipart/")) {
      for (const inner of partsOf(part.body, params.boundary ?? "")) walk(inner, depth + 1)
      return
    }
    const disposition = parameters(part.headers.get("content-disposition") ?? "")
    const name = disposition.params.filename ?? params.name
    const bytes = decodeBody(part)
    const isText = disposition.value !== "attachment" && name === undefined
    if (isText && type === "text/plain" && message.text === undefined)
      message.text = decodeText(bytes, params.charset)
    else if (isText && type === "text/html" && message.html === undefined)
      message.html = decodeText(bytes, params.charset)
    else
      message.attachments.push({
        name: readableHeader(name ?? "no name"),
        type,
        bytes: bytes.length,
      })
  }
  walk(whole, 0)
  return message
}

/** Headers alone, as a list of messages gives them. */
export const readHeaders = (raw: Buffer) => {
  const { headers } = split(raw.toString("latin1"))
  return (name: string) => readableHeader(headers.get(name.toLowerCase()) ?? "")
}

/** The first of each header counts, as for every mail program. */
const split = (text: string): Part => {
  const gap = /\r?\n\r?\n|^\r?\n/.exec(text)
  const head = gap ? text.slice(0, gap.index) : text
  const headers = new Map<string, string>()
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const at = line.indexOf(":")
    const name = line.slice(0, at).trim().toLowerCase()
    if (at > 0 && !headers.has(name)) headers.set(name, line.slice(at + 1).trim())
  }
  return { headers, body: gap ? text.slice(gap.index + gap[0].length) : "" }
}

const partsOf = (body: string, boundary: string): Part[] => {
  if (!boundary) return []
  return `\n${body}`
    .split(new RegExp(`\\r?\\n--${RegExp.escape(boundary)}(?=--|[ \\t]*\\r?\\n)`))
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .map((part) => split(part.replace(/^[ \t]*\r?\n/, "")))
}

/** `text/plain; charset="utf-8"` as what it is and what it says more. */
const parameters = (text: string) => {
  const [value = "", ...rest] = text.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/)
  const params: Record<string, string | undefined> = {}
  for (const one of rest) {
    const [, name, quoted, plain] =
      /^\s*([^=\s]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s]*))/.exec(one) ?? []
    if (name === undefined) continue
    // RFC 2231: filename*=utf-8''a%20b
    const given = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? ""
    if (!name.endsWith("*")) params[name.toLowerCase()] ??= given
    else params[name.slice(0, -1).toLowerCase()] = extended(given)
  }
  return { value: value.trim().toLowerCase(), params }
}

/** Like all of a header it stays one character a byte. */
const extended = (text: string) => {
  const [, charset, encoded = text] = /^([\w-]*)'[^']*'(.*)$/.exec(text) ?? []
  const bytes = encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(decodeText(Buffer.from(bytes, "latin1"), charset)).toString("latin1")
}

const decodeBody = ({ headers, body }: Part): Buffer => {
  switch (headers.get("content-transfer-encoding")?.trim().toLowerCase()) {
    case "base64":
      return Buffer.from(body, "base64")
    case "quoted-printable":
      return quotedPrintable(body.replace(/=[ \t]*\r?\n/g, ""))
    default:
      return Buffer.from(body, "latin1")
  }
}

const quotedPrintable = (text: string) =>
  Buffer.from(
    text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    "latin1",
  )

const decodeText = (bytes: Uint8Array, charset = "utf-8"): string => {
  try {
    return new TextDecoder(charset.trim() as "utf-8").decode(bytes)
  } catch {
    // Nobody knows that name; most of what is written is readable all the same.
    return new TextDecoder().decode(bytes)
  }
}

/** Words that were not ASCII travel as `=?utf-8?B?…?=`; others as bytes that are most likely UTF-8. */
const readableHeader = (text: string) =>
  decodeText(Buffer.from(text, "latin1"))
    .replace(/(\?=)\s+(=\?)/g, "$1$2")
    .replace(
      /=\?([^?\s]+)\?([bq])\?([^?\s]*)\?=/gi,
      (_, charset: string, how: string, word: string) =>
        decodeText(
          how.toLowerCase() === "b"
            ? Buffer.from(word, "base64")
            : quotedPrintable(word.replaceAll("_", " ")),
          charset.split("*", 1)[0],
        ),
    )
    .replace(/[\r\n]+/g, " ")
    .trim()
