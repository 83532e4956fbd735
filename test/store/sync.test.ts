import { expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Syncer } from "../../src/store/sync.ts"

const withFile = async (work: (path: string) => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), "fased-sync-"))
  try {
    const path = join(folder, "log")
    writeFileSync(path, "x")
    await work(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test("those who ask at once share a sync; who asks while one runs gets the next", () =>
  withFile(async (path) => {
    const syncer = new Syncer(path)
    const first = syncer.synced()
    expect(syncer.synced()).toBe(first)
    await Promise.resolve() // the first one is on its way to the disk now
    const second = syncer.synced()
    expect(second).not.toBe(first)
    expect(syncer.synced()).toBe(second)
    const order: string[] = []
    await Promise.all([
      second.then(() => order.push("second")),
      first.then(() => order.push("first")),
    ])
    expect(order).toEqual(["first", "second"])
    syncer.close()
  }))

test("a sync that cannot be made is told, and the next one is tried anew", () =>
  withFile(async (path) => {
    const missing = join(path, "..", "missing")
    const syncer = new Syncer(missing)
    await expect(syncer.synced()).rejects.toMatchObject({ code: "ENOENT" })
    writeFileSync(missing, "now it is there")
    await syncer.synced()
    syncer.close()
  }))
