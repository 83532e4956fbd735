/** Turns pages and PDFs into text, away from the gateway: whoever wrote them may mean harm. */
import type { Extraction, Extracted } from "./extract.ts"

declare const self: {
  onmessage: (event: { data: Extraction }) => void
  postMessage(answer: Extracted): void
}

self.onmessage = ({ data }) => {
  extract(data).then(
    (answer) => self.postMessage(answer),
    (error: unknown) => self.postMessage({ ok: false, what: String((error as Error).message) }),
  )
}

const extract = async (page: Extraction): Promise<Extracted> => {
  if (page.kind === "pdf") {
    const { readPdf } = await import("./read-pdf.ts")
    return { ok: true, ...(await readPdf(page)) }
  }
  const { readHtml } = await import("./read-html.ts")
  return { ok: true, ...(await readHtml(page)) }
}
