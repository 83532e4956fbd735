import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs"
import type { ConfigState, Issue } from "./settings.ts"

export const formatOf = (path: string): ConfigState["format"] =>
  /\.ya?ml$/i.test(path) ? "yaml" : "json5"

const mostBytes = 8 * 1024 * 1024

/** A config file's text; nothing when there is no such file. Never waits for a pipe or a device. */
export const readText = (path: string): { text?: string; issue?: Issue } => {
  const problem = (message: string) => ({ issue: { path: "", message } })
  try {
    // A pipe without a writer would keep whoever opens it waiting.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const stats = fstatSync(file)
      if (stats.isDirectory()) return problem("the file cannot be read: it is a folder")
      if (!stats.isFile()) return problem("the file cannot be read: it is not a regular file")
      const bytes = readUpTo(file, mostBytes + 1)
      if (bytes.length > mostBytes)
        return problem(`the file cannot be read: it is larger than ${mostBytes / 1024 / 1024} MB`)
      return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ENOTDIR") return {}
    if (error instanceof TypeError) return problem("the file cannot be read: it is not UTF-8 text")
    if (code === "EACCES" || code === "EPERM") return { issue: denied(path) }
    return problem(`the file cannot be read: ${message}`)
  }
}

const denied = (path: string): Issue => ({
  path: "",
  kind: "denied",
  message: "the file cannot be read: permission denied",
  hint: `give it to the user fased runs as: sudo chown "$(id -un)" ${path}`,
})

/** What the file holds, whatever its size was a moment ago. */
const readUpTo = (file: number, most: number) => {
  const chunks: Uint8Array[] = []
  for (let total = 0; total < most;) {
    const chunk = new Uint8Array(64 * 1024)
    const length = readSync(file, chunk)
    if (!length) break
    chunks.push(chunk.subarray(0, length))
    total += length
  }
  return Buffer.concat(chunks)
}
