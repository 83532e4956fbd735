import type { FileType } from "./responses-config.ts"

const byEnding: Readonly<Record<string, FileType>> = {
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  html: "text/html",
  htm: "text/html",
  csv: "text/csv",
  json: "application/json",
  pdf: "application/pdf",
}

const otherNames: Readonly<Record<string, FileType>> = {
  "text/x-markdown": "text/markdown",
  "application/xhtml+xml": "text/html",
  "application/csv": "text/csv",
  "text/json": "application/json",
}

/**
 * What a file is: by its content where that leaves no doubt, then as it is said to be, then by its
 * name. Undefined for one that is no text.
 */
export const fileType = (
  bytes: Uint8Array,
  { said, name }: { said?: string; name: string },
): string | undefined => {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString("latin1")
  if (head.startsWith("%PDF-")) return "application/pdf"
  if (head.includes("\0")) return undefined
  if (said && said !== "application/octet-stream") return otherNames[said] ?? said
  return byEnding[name.toLowerCase().split(".").at(-1)!] ?? "text/plain"
}
