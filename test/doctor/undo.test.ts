import { afterEach, beforeEach, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beginRun, listRuns } from "../../src/doctor/history.ts"
import { undoLast } from "../../src/doctor/undo.ts"
import { lockState } from "../../src/store/lock.ts"

let state: string
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "fased-undo-"))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const at = (name: string) => join(state, name)
const modeOf = (path: string) => statSync(path).mode & 0o777

test("a run is put back to the byte, the mode and the minute, and that can be put back too", async () => {
  writeFileSync(at("config"), "before")
  chmodSync(at("config"), 0o644)
  utimesSync(at("config"), 1000, 1_700_000_000)
  symlinkSync("config", at("link"))
  const run = beginRun({ state, now: 1 })
  const touched = [at("config"), at("new"), at("link"), { inside: at("made") }]
  await run.keeping("Did it.", touched, () => {
    writeFileSync(at("config"), "after")
    chmodSync(at("config"), 0o600)
    rmSync(at("link"))
    writeFileSync(at("new"), "new")
    mkdirSync(at("made/inner"), { recursive: true })
    writeFileSync(at("made/inner/file"), "x")
  })
  expect(run.end()?.changed).toHaveLength(6)

  await undoLast({ paths: { state, database: at("fased.db") }, now: 2 })
  expect(readFileSync(at("config"), "utf8")).toBe("before")
  expect(modeOf(at("config"))).toBe(0o644)
  expect(statSync(at("config")).mtimeMs).toBe(1_700_000_000_000)
  expect(readlinkSync(at("link"))).toBe("config")
  expect([existsSync(at("new")), existsSync(at("made"))]).toEqual([false, false])

  await undoLast({ paths: { state, database: at("fased.db") }, now: 3 })
  expect(readFileSync(at("config"), "utf8")).toBe("after")
  expect(modeOf(at("config"))).toBe(0o600)
  expect(readFileSync(at("made/inner/file"), "utf8")).toBe("x")
  expect(lstatSync(at("link"), { throwIfNoEntry: false })).toBeUndefined()
})

test("what somebody changed since is left alone, unless that is what they want", async () => {
  writeFileSync(at("config"), "before")
  const run = beginRun({ state, now: 1 })
  await run.keeping("Did it.", [at("config")], () => writeFileSync(at("config"), "after"))
  run.end()
  writeFileSync(at("config"), "mine")
  await expect(undoLast({ paths: { state, database: at("fased.db") }, now: 2 })).rejects.toThrow(
    "somebody else changed",
  )
  expect(readFileSync(at("config"), "utf8")).toBe("mine")
  await undoLast({ paths: { state, database: at("fased.db") }, now: 2 }, { force: true })
  expect(readFileSync(at("config"), "utf8")).toBe("before")
  await undoLast({ paths: { state, database: at("fased.db") }, now: 3 })
  expect(readFileSync(at("config"), "utf8")).toBe("mine")
})

test("a folder that came to hold something since stays", async () => {
  const run = beginRun({ state, now: 1 })
  await run.keeping("Made it.", [at("made")], () => mkdirSync(at("made")))
  run.end()
  writeFileSync(at("made/mine"), "mine")
  await undoLast({ paths: { state, database: at("fased.db") }, now: 2 })
  expect(readFileSync(at("made/mine"), "utf8")).toBe("mine")
})

test("nothing is written where nothing changed, and the copies are only for their owner", async () => {
  writeFileSync(at("config"), "before", { mode: 0o644 })
  const idle = beginRun({ state, now: 1 })
  await idle.keeping("Nothing.", [at("config")], () => {})
  expect(idle.end()).toBeUndefined()
  expect(listRuns(state)).toEqual([])
  await expect(undoLast({ paths: { state, database: at("fased.db") }, now: 1 })).rejects.toThrow(
    "nothing to take back",
  )

  const before = process.umask(0)
  try {
    const run = beginRun({ state, now: 2 })
    await run.keeping("Did it.", [at("config")], () => writeFileSync(at("config"), "after"))
    const { folder, changed } = run.end()!
    expect([state + "/doctor", folder].map(modeOf)).toEqual([0o700, 0o700])
    expect(modeOf(join(folder, "manifest.json"))).toBe(0o600)
    expect(modeOf(join(folder, changed[0]!.copy!))).toBe(0o600)
  } finally {
    process.umask(before)
  }
})

test("the last ten runs are kept, also where the clock was turned back", async () => {
  for (let count = 0; count < 13; count++) {
    const run = beginRun({ state, now: 1_000_000 - count })
    await run.keeping(`Run ${count}.`, [at("config")], () =>
      writeFileSync(at("config"), `${count}`),
    )
    run.end()
  }
  const runs = listRuns(state)
  expect(runs.map(({ did }) => did[0])).toEqual(
    Array.from({ length: 10 }, (_, index) => `Run ${12 - index}.`),
  )
  await undoLast({ paths: { state, database: at("fased.db") }, now: 0 })
  expect(readFileSync(at("config"), "utf8")).toBe("11")
})

test("a change made of several fixes goes back to what was there first", async () => {
  writeFileSync(at("config"), "0")
  const run = beginRun({ state, now: 1 })
  await run.keeping("One.", [at("config")], () => writeFileSync(at("config"), "1"))
  await expect(
    run.keeping("Two.", [at("config")], () => {
      writeFileSync(at("config"), "2")
      throw new Error("half way")
    }),
  ).rejects.toThrow("half way")
  run.end()
  await undoLast({ paths: { state, database: at("fased.db") }, now: 2 })
  expect(readFileSync(at("config"), "utf8")).toBe("0")
})

test("nothing is changed that could not be kept before", async () => {
  writeFileSync(at("doctor"), "in the way")
  writeFileSync(at("config"), "before")
  const run = beginRun({ state, now: 1 })
  const work = run.keeping("Did it.", [at("config")], () => writeFileSync(at("config"), "after"))
  await expect(work).rejects.toThrow("Nothing was changed")
  expect(readFileSync(at("config"), "utf8")).toBe("before")
})

test("a database is never put back under a gateway that runs, nor beside another one's journal", async () => {
  const paths = { state, database: at("fased.db") }
  writeFileSync(paths.database, "old")
  const run = beginRun({ state, now: 1 })
  await run.keeping("Did it.", [paths.database], () => writeFileSync(paths.database, "new"))
  run.end()
  const lock = lockState(state)
  await expect(undoLast({ paths, now: 2 })).rejects.toThrow("already using")
  expect(readFileSync(paths.database, "utf8")).toBe("new")
  lock.release()

  writeFileSync(`${paths.database}-wal`, "of the new one")
  await expect(undoLast({ paths, now: 3 })).rejects.toThrow("fased.db-wal")
  await undoLast({ paths, now: 4 }, { force: true })
  expect(readFileSync(paths.database, "utf8")).toBe("old")
  expect(existsSync(`${paths.database}-wal`)).toBe(false)
})

test("a run whose copies are gone is left alone", async () => {
  const paths = { state, database: at("fased.db") }
  writeFileSync(at("one"), "before")
  const run = beginRun({ state, now: 1 })
  await run.keeping("Did it.", [at("one"), at("two")], () => {
    writeFileSync(at("one"), "after")
    writeFileSync(at("two"), "new")
  })
  const { folder, changed } = run.end()!
  rmSync(join(folder, changed[0]!.copy!))
  await expect(undoLast({ paths, now: 2 })).rejects.toThrow("no longer in")
  expect([readFileSync(at("one"), "utf8"), existsSync(at("two"))]).toEqual(["after", true])
})

test("a run that was killed in the middle of a fix can be taken back", async () => {
  const paths = { state, database: at("fased.db") }
  writeFileSync(at("config"), "before")
  const run = beginRun({ state, now: 1 })
  await run.keeping("Did it.", [at("config")], async () => {
    writeFileSync(at("config"), "half")
    // As it lies on the disk at this moment, so it stays.
    expect(listRuns(state)).toMatchObject([{ changed: [{ path: at("config"), copy: "0-config" }] }])
    await undoLast({ paths, now: 2 })
    expect(readFileSync(at("config"), "utf8")).toBe("before")
  })
})
