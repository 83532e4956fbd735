import type { Extractor } from "../web/extract.ts"
import { fileUnreadable } from "./faults.ts"
import { decodeDataUrl } from "./pictures.ts"

/** Characters of one file that a model reads. */
const maxChars = 200_000

interface GivenFile {
  filename?: string | null
  file_data?: string | null
  file_id?: string | null
}

/** Reads the text of a file that came inside a request. */
export const createFileReader =
  (reader: Pick<Extractor, "read">) =>
  async ({ filename, file_data: data, file_id: id }: GivenFile): Promise<string> => {
    const name = (filename ?? "file").replace(/[\p{Cc}"<>]+/gu, " ").slice(0, 120)
    if (!data) throw fileUnreadable({ name, why: id ? "no files are kept here" : "it is empty" })
    const url = data.startsWith("data:") ? data : `data:;base64,${data}`
    const { type, bytes } = decodeDataUrl(url, (why) => fileUnreadable({ name, why }))
    const text = await textOf(bytes, { name, type, reader })
    const cut = text.length > maxChars ? `${text.slice(0, maxChars)}\n[cut]` : text
    return `<file name="${name}">\n${cut}\n</file>`
  }
export type FileReader = ReturnType<typeof createFileReader>

const textOf = async (
  bytes: Uint8Array,
  { name, type, reader }: { name: string; type: string; reader: Pick<Extractor, "read"> },
) => {
  const isPdf = Buffer.from(bytes.subarray(0, 5)).toString("latin1") === "%PDF-"
  const isHtml = type === "text/html" || /\.html?$/i.test(name)
  if (!isPdf && !isHtml) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    } catch (error) {
      throw fileUnreadable({ name, why: "it is neither text nor PDF" }, error)
    }
  }
  const kind = isPdf ? ("pdf" as const) : ("html" as const)
  const page = { kind, url: "file:", mode: "markdown" as const, main: false, maxChars }
  const { text } = await reader.read({ ...page, bytes: Uint8Array.from(bytes) })
  return text || "[no text could be found in it]"
}
