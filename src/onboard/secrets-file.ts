import { existsSync, readFileSync, rmSync } from "node:fs"
import { isTree, type Tree, withValue } from "../config/path.ts"
import { writeFileAtomic } from "../store/files.ts"
import { secretsFileBroken } from "./faults.ts"

/** Puts one secret into the file of secrets, 0600. What it gives back takes that back again. */
export const storeSecret = (path: string, pointer: string, value: string): (() => void) => {
  const before = existsSync(path) ? readFileSync(path, "utf8") : undefined
  const keys = pointer.slice(1).split("/")
  const after = withValue(read(path, before), keys, { value })
  writeFileAtomic(path, `${JSON.stringify(after, null, 2)}\n`)
  return () =>
    before === undefined ? rmSync(path, { force: true }) : writeFileAtomic(path, before)
}

const read = (path: string, text: string | undefined): Tree => {
  if (!text?.trim()) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isTree(value)) return value
  } catch (error) {
    // The parser's own words would quote the file.
    throw secretsFileBroken({ path, reason: "it cannot be parsed" }, error)
  }
  throw secretsFileBroken({ path, reason: "it must hold a group: { … }" })
}
