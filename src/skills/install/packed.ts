import { badArchive } from "../faults.ts"

/** One file of an archive, in memory: nothing is written before all of it was judged. */
export interface Packed {
  /** Relative, with `/`. */
  path: string
  bytes: Uint8Array
  executable: boolean
}

/** A skill is text and a few scripts; what is larger is something else. */
export const limits = {
  archiveBytes: 20_000_000,
  fileBytes: 5_000_000,
  totalBytes: 30_000_000,
  entries: 1000,
  ratio: 200,
  depth: 12,
}

export const refuse = (why: string): never => {
  throw badArchive({ why })
}

/** Counts what comes out of an archive, and stops at the first byte or entry too many. */
export const meter = (archiveBytes: number) => {
  let entries = 0
  let total = 0
  const most = Math.min(limits.totalBytes, Math.max(archiveBytes, 1000) * limits.ratio)
  return {
    entry() {
      if (++entries > limits.entries) refuse(`it holds more than ${limits.entries} entries`)
    },
    /** How many bytes the next file may come to. */
    room: () => Math.min(limits.fileBytes, most - total),
    bytes(count: number) {
      total += count
      if (count > limits.fileBytes) refuse(`a file in it is larger than ${limits.fileBytes} bytes`)
      if (total > most) refuse("it unpacks to far more than it should")
    },
  }
}

/** Refuses names that would lead elsewhere, or mean another file on another system. */
export const judgeNames = (names: readonly string[]) => {
  const seen = new Map<string, string>()
  const folders = new Set<string>()
  for (const name of names) {
    const shown = JSON.stringify(name.slice(0, 80))
    if (!name || name.length > 400) refuse(`a name in it is empty or far too long`)
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) refuse(`${shown} has control characters in it`)
    if (name.startsWith("/") || /^[a-z]:/i.test(name)) refuse(`${shown} is an absolute path`)
    if (name.includes("\\")) refuse(`${shown} has a backslash in it`)
    const steps = name.split("/")
    if (steps.length > limits.depth) refuse(`${shown} lies too deep`)
    if (steps.some((step) => step === "" || step === "." || step === ".."))
      refuse(`${shown} leads out of its folder`)
    if (steps.some((step) => /[. ]$/.test(step) || step.includes(":")))
      refuse(`${shown} is another name on another system`)
    const key = folded(name)
    if (seen.has(key)) refuse(`${shown} is there twice, or differs in case only`)
    seen.set(key, name)
    for (let at = 1; at < steps.length; at++) folders.add(folded(steps.slice(0, at).join("/")))
  }
  for (const key of seen.keys())
    if (folders.has(key)) refuse(`${JSON.stringify(seen.get(key))} is both a file and a folder`)
}

const folded = (name: string) => name.normalize("NFKC").toLowerCase()
