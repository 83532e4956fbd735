/** An agent's folder: what a new one starts with, and what of it a turn's prompt carries. */
import { existsSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Env } from "../config/paths.ts"
import { Fault } from "../kernel/fault.ts"
import { privateFolder } from "../store/files.ts"
import { readWithin } from "../tools/boundary.ts"
import { noSuchFile } from "../tools/faults.ts"
import { workspaceUnusable } from "./faults.ts"
import { bootstrapFile, starterFiles } from "./starter-files.ts"

const marker = join(".fased", "workspace.json")

/**
 * Makes sure an agent's folder is there and, the first time, that it holds the starter files.
 * Never overwrites; what is deleted later stays deleted. Costs one look at the disk when all is well.
 */
export const ensureWorkspace = async (
  folder: string,
  { skipBootstrap, env }: { skipBootstrap: boolean; env: Env },
): Promise<void> => {
  if (existsSync(join(folder, marker))) return
  try {
    privateFolder(folder)
    if (skipBootstrap) return
    const known = [...Object.keys(starterFiles), "MEMORY.md", "memory.md", "memory"]
    const fresh = !known.some((name) => existsSync(join(folder, name)))
    // The ritual goes first and the marker last, so that a crash in between loses neither.
    if (fresh) writeNew(join(folder, bootstrapFile.name), bootstrapFile.text)
    for (const [name, text] of Object.entries(starterFiles)) writeNew(join(folder, name), text)
    privateFolder(join(folder, ".fased"))
    writeNew(join(folder, marker), '{ "layout": 1 }\n')
    if (fresh) await initialiseGit(folder, env)
  } catch (error) {
    throw workspaceUnusable({ folder, reason: (error as Error).message }, error)
  }
}

const writeNew = (path: string, text: string) => {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
}

/** A history for the workspace, where git is at hand. Only a convenience, so failing is fine. */
const initialiseGit = async (folder: string, env: Env) => {
  const git = Bun.which("git", { PATH: env.PATH ?? "" })
  if (!git || existsSync(join(folder, ".git"))) return
  await Bun.spawn([git, "init", "--quiet", "--template="], {
    cwd: folder,
    env: { PATH: env.PATH, HOME: env.HOME },
    stdio: ["ignore", "ignore", "ignore"],
    timeout: 5000,
  }).exited
}

/** Kinds of session that see different files. */
export type Audience = "main" | "group" | "task"

/** Who reads along in a session: its operator alone, people on a chat network, or nobody. */
export const audienceOf = (sessionKey: string): Audience => {
  if (/(?:^|:)(?:cron|hook|subagent|acp):/.test(sessionKey)) return "task"
  return /:(?:group|channel|direct|dm|thread|topic):/.test(sessionKey) ? "group" : "main"
}

/** A workspace file as the prompt carries it; `text` is null when the file is missing. */
export interface ContextFile {
  name: string
  text: string | null
  /** Characters it has, when not all of them are in `text`. */
  cutFrom?: number
}

export interface Budgets {
  /** Most characters of one file. */
  perFile: number
  /** Most characters of all of them. */
  total: number
}

interface Rule {
  /** Other names to try. */
  or?: string
  audiences: readonly Audience[]
  /** Not worth a line when it is missing. */
  optional?: true
}

const everyone = ["main", "group", "task"] as const
const conversations = ["main", "group"] as const

/** Injected files in order (contract 16 §2). */
const injected: Readonly<Record<string, Rule>> = {
  "AGENTS.md": { audiences: everyone },
  "SOUL.md": { audiences: conversations },
  "TOOLS.md": { audiences: everyone },
  "IDENTITY.md": { audiences: conversations },
  "USER.md": { audiences: conversations },
  "HEARTBEAT.md": { audiences: conversations, optional: true },
  "BOOTSTRAP.md": { audiences: ["main"], optional: true },
  "MEMORY.md": { audiences: ["main"], or: "memory.md", optional: true },
}

/** The names of those that such a session sees. */
export const namesFor = (session: Audience): string[] =>
  Object.entries(injected).flatMap(([name, { audiences }]) =>
    audiences.includes(session) ? name : [],
  )

/** The names of all of them. */
export const contextFileNames = Object.keys(injected) as [string, ...string[]]

/** What was read last, with the facts that tell whether it still stands. */
const readings = new Map<string, { state: string; files: readonly ContextFile[] }>()
const mostReadings = 256

/** The workspace files a turn's prompt carries. Read again only when one of them has changed. */
export const readContextFiles = (
  folder: string,
  { session, budgets, only }: { session: Audience; budgets: Budgets; only?: readonly string[] },
): readonly ContextFile[] => {
  const found = Object.entries(injected)
    .filter(([name, { audiences }]) => only?.includes(name) ?? audiences.includes(session))
    .map(([name, { or, optional }]) => ({ optional, ...find(folder, name, or) }))
  const state = found.map((file) => file.state).join()
  const which = only?.join() ?? session
  const key = `${which}:${budgets.perFile}:${budgets.total}:${folder}`
  const last = readings.get(key)
  if (last?.state === state) return last.files

  const read = found.flatMap(({ name, optional, state }) => {
    const text = state === gone ? null : readText(folder, name)
    return text === null && optional ? [] : { name, text }
  })
  const files = fitted(read, budgets)
  if (readings.size >= mostReadings) readings.clear()
  readings.set(key, { state, files })
  return files
}

/** As much of each as there is room for; those with nothing in them are left out. */
export const fitted = (
  files: readonly Pick<ContextFile, "name" | "text">[],
  { perFile, total }: Budgets,
): ContextFile[] => {
  let left = total
  return files.flatMap(({ name, text }) => {
    if (text === null) return { name, text }
    if (isBlank(text)) return []
    const kept = shorten(text, name, Math.min(perFile, left))
    left = Math.max(0, left - kept.length)
    return { name, text: kept, ...(kept !== text && { cutFrom: text.length }) }
  })
}

const gone = "-"

/** The first of the names that exists, and a token that changes when its content does. */
const find = (folder: string, name: string, or?: string): { name: string; state: string } => {
  const state = stateOf(join(folder, name))
  return state === gone && or ? find(folder, or) : { name, state }
}

const stateOf = (path: string) => {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats ? `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}` : gone
  } catch {
    return gone
  }
}

/** The file's text, or a line that says why it is not shown: links out of the workspace are not followed. */
const readText = (folder: string, name: string): string | null => {
  try {
    const bytes = readWithin({ workspace: folder, workspaceOnly: true, own: [] }, name)
    return new TextDecoder().decode(bytes).trim()
  } catch (error) {
    if (noSuchFile.is(error)) return null
    if (error instanceof Fault) return `[not read: ${error.message}]`
    throw error
  }
}

const isBlank = (text: string) => !text.replace(/<!--[\s\S]*?-->/g, "").trim()

/** Head and tail of a text that is too long: rules come first, newest notes last. */
const shorten = (text: string, name: string, most: number) => {
  if (text.length <= most) return text
  const note = `\n\n[… the middle of ${name} is left out; use read for all of it …]\n\n`
  const room = most - note.length
  if (room < 100) return `[left out: too long; use read for ${name}]`
  const head = Math.floor(room * 0.7)
  return `${text.slice(0, head)}${note}${text.slice(text.length - (room - head))}`.toWellFormed()
}
