import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { encoded } from "../nodes/media.ts"
import { knownType } from "../tools/file-type.ts"
import type { Context } from "./command.ts"
import { noMedia } from "./faults.ts"

export interface Kept {
  path: string
  mimeType: string
  bytes: number
}

/** Keeps what a node recorded in a folder of its own. What it is, its bytes say and not the node. */
export const keepMedia = (name: string, payload: unknown, kind: "image" | "video"): Kept => {
  const read = encoded().safeParse(payload)
  const bytes = read.success ? Buffer.from(read.data.base64, "base64") : undefined
  const type = bytes && knownType(bytes)
  if (!bytes || type?.kind !== kind) throw noMedia({ what: kind === "image" ? "picture" : "film" })
  const path = join(mkdtempSync(join(tmpdir(), "fased-media-")), `${name}.${type.ending}`)
  writeFileSync(path, bytes, { mode: 0o600 })
  return { path, mimeType: type.mimeType, bytes: bytes.length }
}

/** One line a file, for people and for scripts. */
export const printMedia = (
  files: readonly Kept[],
  { json }: { json?: boolean },
  { out }: Context,
) => {
  if (json) return out.json({ files })
  for (const { path } of files) out.print(`MEDIA:${path}`)
}
