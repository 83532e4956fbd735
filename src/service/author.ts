import { createHash } from "node:crypto"

/** Who wrote a service file: fased, fased and then somebody by hand, or somebody else altogether. */
export type Author = "fased" | "edited" | "foreign"

/** Stands in the file, so that a change made by hand is told from another version's way to write it. */
export const sumOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32)

export const authorOf = (sum: string | undefined, body: string | undefined): Author => {
  if (!sum || body === undefined) return "foreign"
  return sumOf(body) === sum ? "fased" : "edited"
}
