import { readdirSync, readFileSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import { z } from "zod"
import type { Touched } from "../kernel/check.ts"
import { privateFolder, writeFileAtomic } from "../store/files.ts"
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
  namesIn(folderOf(state))
    .toSorted()
    .toReversed()
    .flatMap((name) => {
      const folder = join(folderOf(state), name)
      try {
        const text = readFileSync(join(folder, manifestName), "utf8")
        return [{ name, folder, ...manifest.parse(JSON.parse(text)) }]
      } catch {
        return [] // half-written by a run that was killed, or not ours
      }
    })

/** What a fix said a file held before. */
export const readCopy = (run: Run, path: string) =>
  readFileSync(join(run.folder, run.changed.find((one) => one.path === path)?.copy ?? ""))

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
      writeFileAtomic(join(privateFolder(folder), one.copy), readFileSync(path))
    }
    run.changed.push(one)
    return one
  }
  const keep = (touched: readonly Touched[]) => {
    try {
      const kept = [...lookAt(touched)].map(([path, was]) => record(path, was))
      if (kept.some(({ copy }) => copy)) write()
      return kept
    } catch (error) {
      throw cannotKeep({ folder, reason: (error as Error).message }, error)
    }
  }
  const forget = (one: Changed) => {
    run.changed.splice(run.changed.indexOf(one), 1)
    if (one.copy) rmSync(join(folder, one.copy), { force: true })
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
        for (const [path, became] of lookAt(touched)) {
          const one = kept.find((each) => each.path === path) ?? record(path, { kind: "nothing" })
          if (isSame(one.was, became)) forget(one)
          else one.became = became
        }
        for (const one of kept)
          if (one.became === undefined && run.changed.includes(one))
            one.became = { kind: "nothing" }
        if (run.changed.length) {
          run.did.push(did)
          write()
        } else rmSync(folder, { recursive: true, force: true })
      }
    },
    /** Says that this run takes back another. */
    undoes: (other: string) => void (run.undid = other),
    /** Makes room for the runs to come, and gives this one, if it changed anything. */
    end(): Run | undefined {
      if (!run.changed.length) return undefined
      for (const old of listRuns(state).slice(most)) rmSync(old.folder, { recursive: true })
      return { name, folder, ...run }
    },
  }
}
export type Keeping = ReturnType<typeof beginRun>

/** `2026-01-31T08-00-00.000Z`, later than every run there is, also where the clock was turned back. */
const unused = (state: string, now: number) => {
  const [newest = ""] = namesIn(folderOf(state)).toSorted().toReversed()
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
