import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import * as z from "zod"
import type { Touched } from "../kernel/check.ts"
import { copyFileAtomic, privateFolder, writeFileAtomic } from "../store/files.ts"
import { cannotKeep } from "./faults.ts"
import { isSame, lookAt, type Lying, lying } from "./keep.ts"

/** So many runs can be looked back at; the oldest make room. */
const most = 10

const changed = z.object({
  path: z.string(),
  was: lying,
  /** Nothing when the fix was cut off. */
  became: lying.optional(),
  /** The name of the file with what it said. */
  copy: z.string().optional(),
})
const manifest = z.object({
  version: z.literal(1),
  at: z.number(),
  /** What was done, in words. */
  did: z.array(z.string()),
  /** The run this one took back. */
  undid: z.string().optional(),
  changed: z.array(changed),
})
export type Changed = z.infer<typeof changed>

/** One run that changed something. */
export interface Run extends z.infer<typeof manifest> {
  name: string
  folder: string
}

const folderOf = (state: string) => join(state, "doctor")
const manifestName = "manifest.json"

/** The runs that can be taken back, the newest first. */
export const listRuns = (state: string): Run[] =>
  newestFirst(state).flatMap((name) => {
    const folder = join(folderOf(state), name)
    try {
      const text = readFileSync(join(folder, manifestName), "utf8")
      return [{ name, folder, ...manifest.parse(JSON.parse(text)) }]
    } catch {
      return [] // half-written by a run that was killed, or not ours
    }
  })

const newestFirst = (state: string) => namesIn(folderOf(state)).toSorted().toReversed()

/** The file with what another one said before a run. */
export const copyIn = ({ folder }: Run, { copy = "" }: Pick<Changed, "copy">) => join(folder, copy)

/**
 * Keeps what is about to change, in `<state>/doctor/<time>/`, as private as the rest. Without a
 * change nothing is written.
 */
export const beginRun = ({ state, now }: { state: string; now: number }) => {
  const name = unused(state, now)
  const folder = join(folderOf(state), name)
  const run: z.infer<typeof manifest> = { version: 1, at: now, did: [], changed: [] }
  let copies = 0

  const write = () => {
    privateFolder(folderOf(state))
    privateFolder(folder)
    writeFileAtomic(join(folder, manifestName), `${JSON.stringify(run, null, 2)}\n`)
  }
  const record = (path: string, was: Lying): Changed => {
    const known = run.changed.find((one) => one.path === path)
    if (known) return Object.assign(known, { became: undefined })
    const one: Changed = { path, was }
    if (was.kind === "file") {
      privateFolder(folderOf(state))
      one.copy = `${copies++}-${basename(path)}`
      copyFileAtomic(path, join(privateFolder(folder), one.copy))
    }
    run.changed.push(one)
    return one
  }
  const keep = (touched: readonly Touched[]) => {
    const known = new Set(run.changed)
    try {
      const kept = [...lookAt(touched)].map(([path, was]) => record(path, was))
      if (kept.some(({ copy }) => copy)) write()
      return kept
    } catch (error) {
      for (const one of run.changed.filter((each) => !known.has(each))) forget(one)
      dropIfEmpty()
      throw cannotKeep({ folder, reason: (error as Error).message }, error)
    }
  }
  const forget = (one: Changed) => {
    run.changed.splice(run.changed.indexOf(one), 1)
    if (one.copy) rmSync(join(folder, one.copy), { force: true })
  }

  const dropIfEmpty = () => {
    if (!run.changed.length && existsSync(folder)) rmSync(folder, { recursive: true, force: true })
  }

  return {
    name,
    folder,
    /** Does what is described, after keeping what it may change. */
    async keeping(did: string, touched: readonly Touched[], work: () => Promise<void> | void) {
      const kept = keep(touched)
      try {
        await work()
      } finally {
        const after = lookAt(touched)
        const gone = kept.filter(({ path }) => !after.has(path))
        for (const { path } of gone) after.set(path, { kind: "nothing" })
        const differing = [...after].filter(([path, became]) => {
          const one = kept.find((each) => each.path === path) ?? record(path, { kind: "nothing" })
          if (isSame(one.was, became)) forget(one)
          else one.became = became
          return one.became !== undefined
        })
        if (differing.length) run.did.push(did)
        if (run.changed.length) write()
        dropIfEmpty()
      }
    },
    /** Says that this run takes back another. */
    undoes: (other: string) => void (run.undid = other),
    /** Makes room for the runs to come, and gives this one, if it changed anything. */
    end(): Run | undefined {
      if (!run.changed.length) return undefined
      for (const old of newestFirst(state).slice(most))
        rmSync(join(folderOf(state), old), { recursive: true, force: true })
      return { name, folder, ...run }
    },
  }
}
export type Keeping = ReturnType<typeof beginRun>

/** `2026-01-31T08-00-00.000Z`, later than every run there is, also where the clock was turned back. */
const unused = (state: string, now: number) => {
  const [newest = ""] = newestFirst(state)
  const named = (at: number) => new Date(at).toISOString().replaceAll(":", "-")
  const last = Date.parse(newest.replace(/T(\d\d)-(\d\d)-/, "T$1:$2:"))
  return named(last >= now ? last + 1 : now)
}

const namesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
