import { Fault } from "../kernel/fault.ts"
import type { GuardedFetch } from "../net/guarded-fetch.ts"
import { pictureType } from "../tools/file-type.ts"
import type { Extractor } from "../web/extract.ts"
import { badRequest } from "./faults.ts"
import { fileType } from "./file-type.ts"
import type { ResponsesConfig } from "./responses-config.ts"
import { enclosedTooLarge } from "./responses-faults.ts"
import type { FilePart, ImagePart } from "./responses-request.ts"

export interface Enclosures {
  image(
    part: ImagePart,
    param: string,
  ): Promise<{ type: "image"; mimeType: string; bytes: Uint8Array }>
  file(part: FilePart, param: string): Promise<{ name: string; text: string }>
}

type Rules = ResponsesConfig["files"] | ResponsesConfig["images"]

interface Found {
  bytes: Uint8Array
  /** What it is said to be. */
  type?: string
  charset?: string
  url?: string
}

/** What is drawn or scanned cannot be read out of a PDF. */
const littleText = 200

/** Opens the pictures and files of one request. Nothing is decoded or fetched that is too large. */
export const createEnclosures = ({
  config,
  guarded,
  reader,
  signal,
}: {
  config: ResponsesConfig
  guarded: GuardedFetch
  reader: Pick<Extractor, "read">
  signal: AbortSignal
}): Enclosures => {
  let fetched = 0

  const load = async (place: Place, rules: Rules, param: string): Promise<Found> => {
    if ("data" in place) return decoded(place, rules, param)
    if (/^data:/i.test(place.url)) return decoded(fromDataUrl(place.url, param), rules, param)
    if (!rules.allowUrl)
      throw badRequest({ param, problem: "addresses are not fetched here. Send the data itself." })
    if (++fetched > config.maxUrlParts)
      throw badRequest({ param, problem: `only ${config.maxUrlParts} parts may be addresses.` })
    return download(place.url, rules, param)
  }

  const download = async (url: string, rules: Rules, param: string): Promise<Found> => {
    const { maxBytes, maxRedirects, timeoutMs, urlAllowlist } = rules
    const mayReach = urlAllowlist && ((host: string) => isListed(host, urlAllowlist))
    const limits = { signal, timeoutMs, maxBytes, maxRedirects, mayReach }
    const answer = await guarded(url, limits).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error
      throw badRequest({ param, problem: error.message }, error)
    })
    if (answer.status < 200 || answer.status > 299)
      throw badRequest({ param, problem: `its server answered with status ${answer.status}.` })
    if (answer.cut) throw enclosedTooLarge({ param, most: maxBytes })
    const written = answer.headers.get("content-type") ?? ""
    return { bytes: answer.body, url: answer.url, ...typeOf(written) }
  }

  return {
    async image(part, param) {
      const { bytes } = await load(placeOf(part, part.image_url, param), config.images, param)
      const mimeType = pictureType(bytes)
      if (!mimeType || !isTaken(mimeType, config.images))
        throw badRequest({
          param,
          problem: `this is no picture of a kind that is taken (${config.images.allowedMimes.join(", ")}).`,
        })
      return { type: "image", mimeType, bytes }
    },
    async file(part, param) {
      const { allowedMimes, maxChars } = config.files
      const place = placeOf(part, part.file_url ?? part.file_data, param, !part.file_url)
      const found = await load(place, config.files, param)
      const name = nameOf(part, found)
      const type = fileType(found.bytes, { said: found.type, name })
      if (!type || !isTaken(type, config.files))
        throw badRequest({
          param,
          problem: `"${name}" is of no kind that is taken (${allowedMimes.join(", ")}).`,
        })
      const { bytes, charset, url = `file:///${encodeURIComponent(name)}` } = found
      if (type === "application/pdf" || type === "text/html") {
        const kind = type === "text/html" ? "html" : "pdf"
        const mode = "markdown" as const
        const about = { kind, charset, url, mode, main: false, maxChars } as const
        const { text } = await reader.read({ ...about, bytes: Uint8Array.from(bytes) })
        return { name, text: shortened(kind === "pdf" ? admitting(text) : text, maxChars) }
      }
      return { name, text: shortened(new TextDecoder(labelOf(charset)).decode(bytes), maxChars) }
    },
  }
}

type Place = { data: string; type?: string } | { url: string }

/** Where a part has its content: in the fields of the API, or in the nested one of other clients. */
const placeOf = (
  { source, file_id }: ImagePart | FilePart,
  written: string | null | undefined,
  param: string,
  mayBeBare = false,
): Place => {
  if (file_id) throw badRequest({ param, problem: "no files are kept here. Send the data itself." })
  if (source?.type === "base64") return { data: source.data, type: source.media_type }
  const url = source?.url ?? written
  if (!url) throw badRequest({ param, problem: "it has neither data nor an address." })
  return mayBeBare && !/^data:/i.test(url) ? { data: url } : { url }
}

const fromDataUrl = (url: string, param: string) => {
  const comma = url.indexOf(",")
  const head = url.slice(5, comma < 0 ? 0 : comma)
  if (!/;\s*base64\s*$/i.test(head))
    throw badRequest({ param, problem: "a data URL has to be of base64." })
  return { data: url.slice(comma + 1), type: head.replace(/;\s*base64\s*$/i, "") }
}

/** The length is known before anything is decoded. */
const decoded = (
  { data, type = "" }: { data: string; type?: string },
  { maxBytes }: Rules,
  param: string,
): Found => {
  if ((data.length * 3) / 4 - 2 > maxBytes) throw enclosedTooLarge({ param, most: maxBytes })
  if (!/^[\w+/\s-]+={0,2}\s*$/.test(data))
    throw badRequest({ param, problem: "its data is not base64." })
  return { bytes: Buffer.from(data, "base64"), ...typeOf(type) }
}

/** `text/plain; charset=utf-8`, taken apart. */
const typeOf = (written: string) => ({
  type: written.split(";")[0]!.trim().toLowerCase() || undefined,
  charset: /charset\s*=\s*"?([\w.:-]{2,30})/i.exec(written)?.[1],
})

const nameOf = ({ filename, source }: FilePart, { url }: Found) => {
  const given = filename ?? (source?.type === "base64" ? source.filename : undefined)
  const last = url === undefined ? undefined : new URL(url).pathname.split("/").at(-1)
  return (given || last || "file").replace(/[\p{C}\p{Z}[\]]+/gu, " ").slice(0, 200)
}

const isTaken = (type: string, { allowedMimes }: { allowedMimes: readonly string[] }) =>
  allowedMimes.includes(type)

/** `example.com` is that host alone, `*.example.com` all below it. */
const isListed = (host: string, list: readonly string[]) =>
  list.some((entry) => {
    const rule = entry.toLowerCase()
    return rule.startsWith("*.")
      ? host.length > rule.length - 1 && host.endsWith(rule.slice(1))
      : host === rule
  })

const shortened = (text: string, most: number) =>
  text.length <= most
    ? text
    : `${text.slice(0, most).toWellFormed()}\n\n[cut: ${text.length - most} more characters]`

const admitting = (text: string) =>
  text.replace(/^\[page \d+ of \d+\]$/gm, "").trim().length >= littleText
    ? text
    : `${text}\n\n[This PDF holds little or no text; what is drawn or scanned in it could not be read.]`

const labelOf = (charset = "utf-8") => {
  try {
    return new TextDecoder(charset as Bun.Encoding).encoding as Bun.Encoding
  } catch {
    return "utf-8"
  }
}
