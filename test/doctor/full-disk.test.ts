import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, expect, test } from "bun:test"
import { beginRun, listRuns } from "../../src/doctor/history.ts"
import { smallDisk } from "../support/small-disk.ts"

const disk = smallDisk()
afterAll(() => disk[Symbol.dispose]())
const why = disk.mounted ? "" : " (skipped: mounting a small disk needs root)"

test.skipIf(!disk.mounted)(
  `on a full disk nothing is changed that cannot be kept, and nothing is left half-written${why}`,
  async () => {
    const file = join(disk.path, "fased.json")
    writeFileSync(file, "x".repeat(10_000))
    chmodSync(file, 0o644)
    disk.fill()
    const run = beginRun({ state: disk.path, now: 1 })
    const mode = () => statSync(file).mode & 0o777
    const fix = () => run.keeping("chmod 600", [file], () => chmodSync(file, 0o600))
    await expect(fix()).rejects.toThrow("Nothing was changed")
    expect(mode()).toBe(0o644)
    expect(readFileSync(file, "utf8")).toHaveLength(10_000)

    disk.free()
    await fix()
    expect(mode()).toBe(0o600)
    expect(run.end()?.changed).toHaveLength(1)
    expect(listRuns(disk.path)).toHaveLength(1)
  },
)
