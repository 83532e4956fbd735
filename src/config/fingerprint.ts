import { statSync } from "node:fs"

/** Changes whenever one of these files does, as far as their folders tell; nothing is read. */
export const fingerprint = (files: readonly string[]) =>
  files
    .map((path) => {
      try {
        const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
        return `${ino}:${size}:${mtimeNs}:${ctimeNs}`
      } catch {
        return "none" // whatever keeps it from being read, reading it tells
      }
    })
    .join()
