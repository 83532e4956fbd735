import { getDocumentProxy } from "unpdf"
import type { Extraction, Reading } from "./extract.ts"

/** Pages looked at; a longer document is cut, and says so. */
const mostPages = 300

type Document = Awaited<ReturnType<typeof getDocumentProxy>>

/** The text of a PDF, page by page, until there is enough of it. */
export const readPdf = async ({ bytes, maxChars }: Extraction): Promise<Reading> => {
  const document = await getDocumentProxy(bytes, { verbosity: 0 })
  const parts: string[] = []
  let room = maxChars
  for (let number = 1; number <= Math.min(document.numPages, mostPages) && room > 0; number++) {
    const text = await pageText(document, number)
    parts.push(`[page ${number} of ${document.numPages}]\n${text}`)
    room -= text.length
  }
  return { title: await titleOf(document), text: parts.join("\n\n") }
}

const pageText = async (document: Document, number: number) => {
  const page = await document.getPage(number)
  const { items } = await page.getTextContent()
  page.cleanup()
  return items
    .map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : ""))
    .join("")
    .trim()
}

const titleOf = async (document: Document) => {
  const { info } = await document.getMetadata()
  const { Title: title } = info as { Title?: unknown }
  return typeof title === "string" && title.trim() ? title.trim() : undefined
}
