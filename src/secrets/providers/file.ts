import { constants, type Stats } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { expandTilde } from "../../config/paths.ts"
import type { FileConfig } from "../config.ts"
import {
  type Answer,
  answerEach,
  type Problem,
  type Provider,
  type Surroundings,
} from "./answer.ts"
import { readPointer } from "./pointer.ts"
import { within } from "./within.ts"

const mostBytes = 1_048_576

/** Reads a file once and takes every secret from it. */
export const fileProvider =
  (name: string, { path: written, mode, timeoutMs }: FileConfig, around: Surroundings): Provider =>
  async (ids) => {
    const path = expandTilde(written, around.paths.home)
    const late: Problem = {
      reason: `reading ${path} took longer than ${timeoutMs} ms`,
      next: `see whether its disk answers, or raise secrets.providers.${name}.timeoutMs`,
    }
    const read = await within(around.clock, timeoutMs, readPrivate(path), late)
    if ("reason" in read) return answerEach(ids, () => read)
    return answerEach(ids, mode === "json" ? inJson(path, read.text) : asWhole(path, read.text))
  }

const asWhole =
  (path: string, text: string) =>
  (id: string): Answer =>
    id === "value"
      ? { value: text.replace(/\r?\n$/, "") }
      : { reason: `${path} holds one secret, so the id must be "value"`, next: "correct the id" }

const inJson = (path: string, text: string) => {
  const invalid = { reason: `${path} is not valid JSON`, next: "correct the file" }
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return () => invalid // the parser's own words would quote the file
  }
  return (id: string): Answer => {
    if (!id.startsWith("/"))
      return {
        reason: `${path} holds JSON, so the id must be a pointer such as /github/token`,
        next: "correct the id, or set the provider's mode to singleValue",
      }
    const value = readPointer(root, id)
    if (typeof value === "string") return { value }
    return value === undefined
      ? { reason: `${path} has nothing at ${id}`, next: "add it there, or correct the id" }
      : { reason: `${path} has something other than text at ${id}`, next: "make it a string" }
  }
}

/**
 * The text of a file that nobody else can have written or read. Everything is judged by the open
 * file, so it cannot be exchanged in between; its owner's mark makes the folders around it unimportant.
 */
const readPrivate = async (path: string): Promise<{ text: string } | Problem> => {
  let file: FileHandle
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) // a pipe must not keep us waiting
  } catch (error) {
    return explainOpen(path, (error as NodeJS.ErrnoException).code ?? "")
  }
  try {
    return fileProblem(path, await file.stat()) ?? (await readText(path, file))
  } catch (error) {
    return {
      reason: `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      next: "see what is the matter with the disk",
    }
  } finally {
    await file.close()
  }
}

const explainOpen = (path: string, code: string): Problem => {
  if (code === "ENOENT" || code === "ENOTDIR")
    return { reason: `there is no file ${path}`, next: "make it, with mode 600" }
  if (code === "ELOOP")
    return { reason: `${path} is a link`, next: "name the file itself, or put it there" }
  if (code === "EACCES" || code === "EPERM")
    return { reason: `${path} may not be read`, next: "give it to the user the gateway runs as" }
  return { reason: `${path} cannot be opened (${code})`, next: "see what is there" }
}

/** What makes a file unfit to hold secrets. */
export const fileProblem = (path: string, stats: Stats): Problem | undefined => {
  const us = process.getuid?.()
  if (!stats.isFile())
    return { reason: `${path} is not a file`, next: "put a file with the secrets there" }
  if (us === undefined) return undefined
  if (stats.uid !== us && stats.uid !== 0)
    return {
      reason: `${path} belongs to another user (uid ${stats.uid})`,
      next: `give it to the user the gateway runs as (uid ${us})`,
    }
  if (stats.mode & 0o077)
    return {
      reason: `${path} is open to other users (mode ${(stats.mode & 0o777).toString(8)})`,
      next: `chmod 600 ${path}`,
    }
  return undefined
}

const readText = async (path: string, file: FileHandle): Promise<{ text: string } | Problem> => {
  const bytes = Buffer.alloc(mostBytes + 1)
  let size = 0
  for (let read = -1; read && size < bytes.length; size += read)
    read = (await file.read(bytes, size, bytes.length - size)).bytesRead
  if (size > mostBytes)
    return { reason: `${path} is longer than ${mostBytes} bytes`, next: "keep only secrets there" }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, size)) }
  } catch {
    return { reason: `${path} is not text in UTF-8`, next: "save it as UTF-8" }
  }
}
