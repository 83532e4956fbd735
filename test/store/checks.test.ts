import { afterEach, beforeEach, expect, test } from "bun:test"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { resolvePaths, type Paths } from "../../src/config/paths.ts"
import { diskSpace, filesPrivate } from "../../src/store/checks.ts"
import { systemDisk } from "../../src/store/disk.ts"

let paths: Paths
beforeEach(() => {
  paths = resolvePaths({ FASED_STATE_DIR: mkdtempSync(join(tmpdir(), "fased-state-")) })
})
afterEach(() => rmSync(paths.state, { recursive: true, force: true }))

const put = (name: string, mode: number) => {
  writeFileSync(join(paths.state, name), "")
  chmodSync(join(paths.state, name), mode)
}
const modeOf = (name: string) => statSync(join(paths.state, name)).mode & 0o777

test("store.private finds what others could read, and closes just that", async () => {
  mkdirSync(paths.logs)
  chmodSync(paths.logs, 0o755)
  put("fased.db.before-3", 0o644)
  put("fased.db-wal", 0o600)
  put("secrets.json", 0o640)
  put("notes.txt", 0o644)
  const found = (await filesPrivate.detect({ paths }))!
  expect(found.open.map(({ path }) => path.slice(paths.state.length + 1)).sort()).toEqual([
    "fased.db.before-3",
    "logs",
    "secrets.json",
  ])
  expect(filesPrivate.explain(found)).toContain(paths.logs)
  expect(filesPrivate.fix!.describe(found)).toContain(`chmod 700 ${paths.logs}`)
  await filesPrivate.fix!.apply(found, { paths })
  await filesPrivate.fix!.apply(found, { paths })
  expect(await filesPrivate.detect({ paths })).toBeNull()
  expect([modeOf("logs"), modeOf("secrets.json"), modeOf("notes.txt")]).toEqual([
    0o700, 0o600, 0o644,
  ])
})

test("store.private has nothing to say before there is a state folder", async () => {
  const nowhere = resolvePaths({ FASED_STATE_DIR: join(paths.state, "none") })
  expect(await filesPrivate.detect({ paths: nowhere })).toBeNull()
})

test("store.disk-space speaks up when little is left, also before the state folder exists", async () => {
  const at: string[] = []
  const disk = (free: number) => ({
    async free(path: string) {
      at.push(path)
      return free
    },
  })
  const nested = { ...paths, state: join(paths.state, "a", "b") }
  const found = await diskSpace.detect({ paths: nested, disk: disk(42_000_000) })
  expect(diskSpace.explain(found!)).toContain("42 MB left")
  expect(at).toEqual([paths.state])
  expect(await diskSpace.detect({ paths, disk: disk(2e9) })).toBeNull()
  expect(await systemDisk.free(paths.state)).toBeGreaterThan(0)
})
