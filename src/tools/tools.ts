/** The file tools. They work at once and without pause, so two edits of one turn never overlap. */
import { readdirSync, statSync } from "node:fs"
import * as z from "zod"
import { tool } from "../kernel/tool.ts"
import { toolContent } from "../kernel/tool-content.ts"
import { lookWithin, maxFileBytes, readWithin, writeWithin } from "./boundary.ts"
import { manyMatches, noMatch } from "./faults.ts"
import { boundaryOf, decode, fileNeeds as needs } from "./file-access.ts"
import { pictureType } from "./file-type.ts"

const path = z.string().min(1).max(4096).describe("Path, relative to the workspace.")
const text = (what: string) => z.string().max(maxFileBytes).describe(what)

const maxLines = 2000
const maxEntries = 500

export const read = tool({
  name: "read",
  group: "fs",
  label: "Read a file",
  description:
    "Reads a text file, or looks at a picture. Long files come in parts: read on with offset.",
  params: () =>
    z.object({
      path,
      offset: z.int().min(1).default(1).describe("First line to read, from 1."),
      limit: z.int().min(1).max(maxLines).default(maxLines).describe("Most lines to read."),
    }),
  needs,
  run({ path, offset, limit }, context) {
    const bytes = readWithin(boundaryOf(context), path)
    const mimeType = pictureType(bytes)
    if (mimeType)
      return toolContent(
        { type: "text", text: `[${path}: ${mimeType}, ${bytes.length} bytes]` },
        { type: "image", mimeType, data: bytes },
      )
    const lines = decode(bytes, path).split("\n")
    if (lines.at(-1) === "") lines.pop()
    if (!lines.length) return "[the file is empty]"
    const part = fitting(lines.slice(offset - 1, offset - 1 + limit).map(shortened))
    if (!part.length) return `[the file has only ${lines.length} lines]`
    const last = offset - 1 + part.length
    if (offset === 1 && last === lines.length) return part.join("\n")
    const more = last < lines.length ? `; read on with offset ${last + 1}` : ""
    return `${part.join("\n")}\n[lines ${offset} to ${last} of ${lines.length}${more}]`
  },
})

/** Longer ones are data, not text that anyone reads. */
const maxLine = 4000
/** What one result may hold, so that a part always ends with where to go on. */
const maxPart = 50_000

const shortened = (line: string) =>
  line.length <= maxLine
    ? line
    : `${line.slice(0, maxLine).toWellFormed()}[… ${line.length - maxLine} more characters in this line]`

/** As many lines as fit; always one. */
const fitting = (lines: readonly string[]) => {
  let room = maxPart
  const end = lines.findIndex((line, at) => (room -= line.length + 1) < 0 && at > 0)
  return end < 0 ? lines : lines.slice(0, end)
}

export const write = tool({
  name: "write",
  group: "fs",
  label: "Write a file",
  description: "Writes a text file whole, replacing what was there. Missing folders are made.",
  params: () => z.object({ path, content: text("The whole new content.") }),
  needs,
  run({ path, content }, context) {
    const { created } = writeWithin(boundaryOf(context), path, content)
    return `${created ? "Created" : "Replaced"} ${path} (${Buffer.byteLength(content)} bytes).`
  },
})

export const edit = tool({
  name: "edit",
  group: "fs",
  label: "Edit a file",
  description: "Replaces one exact piece of text in a file. oldText must occur exactly once.",
  params: () =>
    z.object({
      path,
      oldText: text("Text to replace, exactly as it stands in the file.").min(1),
      newText: text("Text to put in its place."),
    }),
  needs,
  run({ path, oldText, newText }, context) {
    const boundary = boundaryOf(context)
    const before = decode(readWithin(boundary, path), path)
    const count = before.split(oldText).length - 1
    if (count === 0) throw noMatch({ path })
    const at = before.indexOf(oldText)
    if (before.indexOf(oldText, at + 1) !== -1)
      throw manyMatches({ path, count: Math.max(count, 2) })
    const after = before.slice(0, at) + newText + before.slice(at + oldText.length)
    writeWithin(boundary, path, after)
    return `Edited ${path} at line ${before.slice(0, at).split("\n").length}.`
  },
})

export const list = tool({
  name: "ls",
  group: "fs",
  label: "List a folder",
  description: "Lists what is in a folder: folders end in /, files show their size in bytes.",
  params: () => z.object({ path: path.default(".") }),
  needs,
  run({ path }, context) {
    const lines = lookWithin(boundaryOf(context), path, (at) => {
      const entries = readdirSync(at, { withFileTypes: true }).toSorted((a, b) =>
        a.name < b.name ? -1 : 1,
      )
      const shown = entries.slice(0, maxEntries).map((entry) => {
        if (entry.isDirectory()) return `${entry.name}/`
        if (entry.isSymbolicLink()) return `${entry.name} (link)`
        if (!entry.isFile()) return `${entry.name} (special)`
        return `${entry.name} ${statSync(`${at}/${entry.name}`, { throwIfNoEntry: false })?.size ?? "(gone)"}`
      })
      const hidden = entries.length - shown.length
      return hidden > 0 ? [...shown, `[and ${hidden} more]`] : shown
    })
    return lines.join("\n") || "[the folder is empty]"
  },
})
