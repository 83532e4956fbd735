/** The format of apply_patch (contract 18 §5): what a patch says, before any file is looked at. */
import { badPatch } from "./faults.ts"

export interface Line {
  /** ` ` stays, `-` goes, `+` comes. */
  sign: " " | "-" | "+"
  text: string
}

export interface Chunk {
  /** Lines to go to first, one after the other: `@@ class A`, `@@ def b`. */
  contexts: string[]
  lines: Line[]
  /** The lines stand at the end of the file. */
  atEnd: boolean
}

export type Step =
  | { kind: "add"; path: string; content: string }
  | { kind: "delete"; path: string }
  | { kind: "update"; path: string; moveTo?: string; chunks: Chunk[] }

const begin = "*** Begin Patch"
const end = "*** End Patch"
const endOfFile = "*** End of File"

export const parsePatch = (input: string): Step[] => {
  const lines = unwrapped(input.split(/\r?\n/))
  if (lines[0]?.trim() !== begin) throw badPatch({ reason: `its first line is not "${begin}"` })
  if (lines.at(-1)?.trim() !== end) throw badPatch({ reason: `its last line is not "${end}"` })
  const last = lines.length - 1
  const steps: Step[] = []
  let at = 1
  const peek = () => (at < last ? lines[at]! : undefined)
  const marked = (marker: string) => {
    const line = peek()
    if (!line?.startsWith(marker)) return undefined
    at++
    const path = line.slice(marker.length).trim()
    if (!path) throw badPatch({ reason: `line ${at} names no file` })
    return path
  }
  const isHeader = (line: string) => /^\*\*\* (?:Add|Update|Delete) File:/.test(line)

  const addition = (path: string): Step => {
    const content: string[] = []
    for (let line; (line = peek()) !== undefined && !isHeader(line); at++) {
      if (!line.startsWith("+"))
        throw badPatch({ reason: `line ${at + 1} of a new file does not begin with +` })
      content.push(line.slice(1))
    }
    return { kind: "add", path, content: content.map((line) => `${line}\n`).join("") }
  }

  const chunk = (): Chunk => {
    const chunk: Chunk = { contexts: [], lines: [], atEnd: false }
    for (let line; (line = peek())?.startsWith("@@"); at++) {
      const context = line!.slice(2).replace(/^ /, "").replace(/ @@$/, "")
      if (context.trim()) chunk.contexts.push(context)
    }
    for (let line; (line = peek()) !== undefined && !line.startsWith("@@"); at++) {
      if (isHeader(line)) break
      if (line.trim() === endOfFile) {
        chunk.atEnd = true
        at++
        break
      }
      const sign = line === "" ? " " : line[0]!
      if (sign !== " " && sign !== "-" && sign !== "+")
        throw badPatch({ reason: `line ${at + 1} begins with none of space, - and +` })
      chunk.lines.push({ sign, text: line.slice(1) })
    }
    return chunk
  }

  const update = (path: string): Step => {
    const moveTo = marked("*** Move to:")
    const chunks: Chunk[] = []
    for (let line; (line = peek()) !== undefined && !isHeader(line);) {
      const before = at
      const next = chunk()
      if (next.lines.length) chunks.push(next)
      else if (at === before || !next.atEnd)
        throw badPatch({ reason: `nothing follows line ${at}` })
    }
    if (!chunks.length && !moveTo) throw badPatch({ reason: `it changes nothing in ${path}` })
    return { kind: "update", path, ...(moveTo && { moveTo }), chunks }
  }

  while (peek() !== undefined) {
    if (!peek()!.trim()) {
      at++
      continue
    }
    let path: string | undefined
    if ((path = marked("*** Add File:"))) steps.push(addition(path))
    else if ((path = marked("*** Delete File:"))) steps.push({ kind: "delete", path })
    else if ((path = marked("*** Update File:"))) steps.push(update(path))
    else
      throw badPatch({
        reason: `line ${at + 1} is not "*** Add File:", "*** Update File:" or "*** Delete File:"`,
      })
  }
  if (!steps.length) throw badPatch({ reason: "it names no file" })
  return steps
}

/** Models wrap a patch in blank lines, a code fence or a shell's here-document. */
const unwrapped = (lines: readonly string[]) => {
  const from = lines.findIndex((line) => line.trim() === begin)
  const to = lines.findLastIndex((line) => line.trim() === end)
  const isWrapping = (line: string) =>
    /^\s*(?:```\w*|(?:apply_patch\s*)?<<-?\s*['"]?\w+['"]?|\w*EOF)?\s*$/.test(line)
  const around = [...lines.slice(0, Math.max(from, 0)), ...lines.slice(to + 1)]
  return from >= 0 && to > from && around.every(isWrapping) ? lines.slice(from, to + 1) : lines
}
