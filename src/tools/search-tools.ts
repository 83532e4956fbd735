import { readdirSync } from "node:fs"
import { posix } from "node:path"
import * as z from "zod"
import { Fault } from "../kernel/fault.ts"
import { tool } from "../kernel/tool.ts"
import { type Boundary, lookWithin, readWithin } from "./boundary.ts"
import { boundaryOf, fileNeeds as needs } from "./file-access.ts"

const path = z.string().min(1).max(4096).default(".").describe("Folder to look in.")
const glob = z.string().min(1).max(200)

/** Files looked at in one search, and what it may find. */
const mostFiles = 20_000
const mostFound = 200
/** Left out: no one looks for text there, and it is most of what there is. */
const skipped = new Set([".git", "node_modules"])
/** Larger files are data. */
const maxBytes = 1_000_000
const maxLine = 300

export const find = tool({
  name: "find",
  group: "fs",
  label: "Find files",
  description: "Finds files by name below a folder; leaves out .git and node_modules.",
  params: () =>
    z.object({
      path,
      pattern: glob.describe("Pattern such as *.md or src/**/*.ts; * is any name, ** any folders."),
    }),
  needs,
  async run({ path, pattern }, context) {
    const matches = matching(pattern)
    const found: string[] = []
    const whole = await walk(boundaryOf(context), path, context.signal, (file, below) => {
      if (matches(below)) found.push(file)
      return found.length < mostFound
    })
    return told(found, whole, "No file has such a name.")
  },
})

export const grep = tool({
  name: "grep",
  group: "fs",
  label: "Search in files",
  description: "Finds lines that hold a text, in the files below a folder. The text is literal.",
  params: () =>
    z.object({
      path,
      text: z.string().min(1).max(1000).describe("Text to look for, as it stands in a line."),
      glob: glob.optional().describe("Only files whose names match, such as *.ts."),
      ignoreCase: z.boolean().default(false).describe("Take upper and lower case as the same."),
    }),
  needs,
  async run({ path, text, glob, ignoreCase }, context) {
    const boundary = boundaryOf(context)
    const fold = (line: string) => (ignoreCase ? line.toLowerCase() : line)
    const wanted = fold(text)
    const matches = glob === undefined ? () => true : matching(glob)
    const found: string[] = []
    const whole = await walk(boundary, path, context.signal, (file, below) => {
      const content = matches(below) ? textOf(boundary, file) : ""
      if (!fold(content).includes(wanted)) return true
      for (const [at, line] of content.split("\n").entries())
        if (fold(line).includes(wanted) && found.length < mostFound)
          found.push(`${file}:${at + 1}: ${line.trim().slice(0, maxLine).toWellFormed()}`)
      return found.length < mostFound
    })
    return told(found, whole, "No line holds that text.")
  },
})

/** A pattern without a folder in it is about names, wherever they are. */
const matching = (pattern: string) => {
  const wanted = new Bun.Glob(pattern.replace(/^\.\//, ""))
  return (below: string) => wanted.match(pattern.includes("/") ? below : posix.basename(below))
}

const told = (found: readonly string[], whole: boolean, nothing: string) => {
  const end = whole ? [] : ["[there may be more; look in a smaller folder or for something rarer]"]
  return [...(found.length ? found : [nothing]), ...end].join("\n")
}

/** Empty for what is no text or cannot be read. */
const textOf = (boundary: Boundary, file: string) => {
  try {
    const bytes = readWithin(boundary, file)
    return bytes.length > maxBytes || bytes.includes(0) ? "" : bytes.toString()
  } catch (error) {
    if (error instanceof Fault) return ""
    throw error
  }
}

/**
 * Shows `see` each file below a folder, by its path and its path below that folder, in order of
 * name and never through a link. True when nothing was left out.
 */
const walk = async (
  boundary: Boundary,
  start: string,
  signal: AbortSignal,
  see: (file: string, below: string) => boolean,
): Promise<boolean> => {
  const folders = [""]
  let seen = 0
  for (let folder; (folder = folders.pop()) !== undefined;) {
    const at = posix.join(start, folder)
    for (const entry of entriesOf(boundary, at, folder === "")) {
      const below = posix.join(folder, entry.name)
      if (entry.isDirectory() && !skipped.has(entry.name)) folders.push(below)
      if (!entry.isFile()) continue
      if (++seen > mostFiles || !see(posix.join(start, below), below)) return false
      // Others get their turn while a large tree is searched.
      if (seen % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
    }
  }
  return true
}

const entriesOf = (boundary: Boundary, at: string, isStart: boolean) => {
  try {
    return lookWithin(boundary, at, (real) =>
      readdirSync(real, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    )
  } catch (error) {
    // Whatever is closed or gone by now is left out, but not the folder that was asked for.
    if (isStart || !(error instanceof Fault)) throw error
    return []
  }
}
