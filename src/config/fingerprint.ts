import { statSync } from "node:fs"

/** Changes whenever one of these files does, as far as their folders tell; nothing is read. */
export const fingerprint = (files: readonly string[]) =>
  files
    .map((path) => {
      const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
      return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : "none"
    })
    .join()
