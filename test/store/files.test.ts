import { afterEach, beforeEach, expect, test } from "bun:test"
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { privateFile, privateFolder, writeFileAtomic } from "../../src/store/files.ts"
import { lockState, readHolder } from "../../src/store/lock.ts"

let folder: string
let umask: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fased-files-"))
  umask = process.umask(0)
})
afterEach(() => {
  process.umask(umask)
  rmSync(folder, { recursive: true, force: true })
})
const modeOf = (path: string) => statSync(path).mode & 0o777

test("new folders are their owner's at every level, old ones stay as they are", () => {
  mkdirSync(join(folder, "old"), { mode: 0o755 })
  privateFolder(join(folder, "old", "a", "b"))
  expect(modeOf(join(folder, "old"))).toBe(0o755)
  expect([modeOf(join(folder, "old/a")), modeOf(join(folder, "old/a/b"))]).toEqual([0o700, 0o700])
  process.umask(0o777)
  expect(modeOf(privateFolder(join(folder, "odd")))).toBe(0o700)
})

test("a private file is never open to others, nor is what it holds touched", () => {
  const path = join(folder, "x", "file")
  expect(modeOf(privateFile(path))).toBe(0o600)
  writeFileSync(path, "kept")
  chmodSync(path, 0o666)
  privateFile(path)
  expect([modeOf(path), readFileSync(path, "utf8")]).toEqual([0o600, "kept"])
})

test("a file is replaced as a whole, and nothing else is left behind", () => {
  const path = join(folder, "config.json")
  writeFileAtomic(path, "one")
  chmodSync(path, 0o644)
  const before = statSync(path).ino
  writeFileAtomic(path, new TextEncoder().encode("two ✓"))
  expect(readFileSync(path, "utf8")).toBe("two ✓")
  expect(statSync(path).ino).not.toBe(before)
  expect(modeOf(path)).toBe(0o600)
  expect(readdirSync(folder)).toEqual(["config.json"])
})

test("a file that cannot be replaced stays as it was", () => {
  const path = join(folder, "taken")
  mkdirSync(join(path, "inside"), { recursive: true })
  expect(() => writeFileAtomic(path, "new")).toThrow()
  expect(readdirSync(folder)).toEqual(["taken"])
})

test("a link in the file's place is replaced, and what it points at is left alone", () => {
  const elsewhere = join(folder, "elsewhere")
  writeFileSync(elsewhere, "mine")
  symlinkSync(elsewhere, join(folder, "link"))
  writeFileAtomic(join(folder, "link"), "new")
  expect(readFileSync(elsewhere, "utf8")).toBe("mine")
})

test("the state is one process's at a time", () => {
  const lock = lockState(folder)
  expect(() => lockState(folder)).toThrow(expect.objectContaining({ code: "store.state-in-use" }))
  expect(() => lockState(folder)).toThrow(`another gateway instance is already using ${folder}`)
  const holder = { pid: 7, port: 18789, url: "ws://127.0.0.1:18789/", version: "1", startedAt: 1 }
  lock.announce(holder)
  expect(readHolder(folder)).toEqual(holder)
  expect(() => lockState(folder)).toThrow("already listening on ws://127.0.0.1:18789/")
  lock.release()
  expect(readHolder(folder)).toBeUndefined()
  lockState(folder).release()
})

test("asking for a lock that is held does not let go of it", () => {
  const lock = lockState(folder)
  for (let round = 0; round < 3; round++) expect(() => lockState(folder)).toThrow()
  const script = `import { lockState } from ${JSON.stringify(join(import.meta.dir, "../../src/store/lock.ts"))}
    try { lockState(${JSON.stringify(folder)}); console.log("got it") } catch (error) { console.log(error.code) }`
  writeFileSync(join(folder, "other.ts"), script)
  const other = Bun.spawnSync([process.execPath, join(folder, "other.ts")])
  expect(other.stdout.toString().trim()).toBe("store.state-in-use")
  lock.release()
})

test("a state folder that cannot hold a lock is another fault than a held one", () => {
  const file = join(folder, "file")
  writeFileSync(file, "")
  expect(() => lockState(file)).toThrow(expect.objectContaining({ code: "store.unreadable" }))
})
