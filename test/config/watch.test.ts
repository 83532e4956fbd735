import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { placesOn, watchFiles } from "../../src/config/watch.ts"
import { type Clock, systemClock } from "../../src/kernel/clock.ts"

let home: string
beforeEach(() => void (home = realpathSync(mkdtempSync(join(tmpdir(), "fased-watch-")))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** Real time for holding still; the regular look never comes, so only watching can tell. */
const deaf: Clock = { ...systemClock, every: () => () => {} }

const follow = (files: string[], clock: Clock = deaf) => {
  const seen: string[] = []
  const waiting: { text: string; found: () => void }[] = []
  const read = () => {
    try {
      return readFileSync(files[0]!, "utf8")
    } catch {
      return "(none)"
    }
  }
  const watcher = watchFiles({
    files: () => files,
    debounceMs: () => 10,
    clock,
    changed() {
      seen.push(read())
      for (const { text, found } of waiting) if (seen.at(-1) === text) found()
    },
  })
  return {
    seen,
    /** Resolves once a change was told of with this in the file. */
    tells(text: string) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ text, found: resolve })
      return promise
    },
    [Symbol.dispose]: watcher.stop,
  }
}

const swap = (path: string, text: string) => {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
const relink = (link: string, target: string) => {
  symlinkSync(target, `${link}.new`)
  renameSync(`${link}.new`, link)
}

test("a file written in place", async () => {
  const file = join(home, "a")
  writeFileSync(file, "one")
  using followed = follow([file])
  const told = followed.tells("two")
  writeFileSync(file, "two")
  await told
})

test("a file that another is renamed over, time and again", async () => {
  const file = join(home, "a")
  writeFileSync(file, "zero")
  using followed = follow([file])
  for (const text of ["one", "two", "three"]) {
    const told = followed.tells(text)
    swap(file, text)
    await told
  }
})

test("a file that is removed and made again", async () => {
  const file = join(home, "a")
  writeFileSync(file, "one")
  using followed = follow([file])
  const gone = followed.tells("(none)")
  rmSync(file)
  await gone
  const back = followed.tells("two")
  writeFileSync(file, "two")
  await back
})

test("a file that is not there yet, nor its folder", async () => {
  const file = join(home, "later", "a")
  using followed = follow([file])
  const told = followed.tells("one")
  mkdirSync(dirname(file))
  writeFileSync(file, "one")
  await told
})

test("what a link leads to, and the link itself", async () => {
  const [link, first, second] = ["link", "x/first", "y/second"].map((name) => join(home, name))
  for (const file of [first!, second!]) mkdirSync(dirname(file))
  writeFileSync(first!, "one")
  writeFileSync(second!, "three")
  symlinkSync(first!, link!)
  using followed = follow([link!])
  const target = followed.tells("two")
  swap(first!, "two")
  await target
  const swapped = followed.tells("three")
  relink(link!, "y/second")
  await swapped
  const again = followed.tells("four")
  writeFileSync(second!, "four")
  await again
})

test("a mounted config map of Kubernetes, updated twice", async () => {
  const version = (name: string, text: string) => {
    mkdirSync(join(home, name))
    writeFileSync(join(home, name, "fased.json"), text)
  }
  version("..1", "one")
  symlinkSync("..1", join(home, "..data"))
  symlinkSync("..data/fased.json", join(home, "fased.json"))
  using followed = follow([join(home, "fased.json")])
  for (const [name, text] of [
    ["..2", "two"],
    ["..3", "three"],
  ] as const) {
    const told = followed.tells(text)
    version(name, text)
    relink(join(home, "..data"), name)
    await told
  }
})

test("any of several files", async () => {
  const files = ["a", "b/c"].map((name) => join(home, name))
  mkdirSync(join(home, "b"))
  for (const file of files) writeFileSync(file, "one")
  using followed = follow(files)
  const told = followed.tells("one")
  writeFileSync(files[1]!, "two")
  await told
})

test("a folder renamed as a whole is seen by the regular look", async () => {
  const file = join(home, "in", "a")
  for (const [folder, text] of [
    ["in", "one"],
    ["other", "two"],
  ] as const) {
    mkdirSync(join(home, folder))
    writeFileSync(join(home, folder, "a"), text)
  }
  let look = () => {}
  using followed = follow([file], {
    ...systemClock,
    every: (_, work) => {
      look = work
      return () => {}
    },
  })
  const told = followed.tells("two")
  renameSync(join(home, "in"), join(home, "old"))
  renameSync(join(home, "other"), join(home, "in"))
  look()
  await told
  const later = followed.tells("three")
  writeFileSync(file, "three")
  await later
})

test("what other files in the folder do is nobody's business", async () => {
  const file = join(home, "a")
  writeFileSync(file, "one")
  using followed = follow([file])
  for (let n = 0; n < 50; n++) writeFileSync(join(home, "fased.db-wal"), `${n}`)
  const told = followed.tells("two")
  writeFileSync(file, "two")
  await told
  expect(followed.seen).toEqual(["two"])
})

test("many changes at once are told of once", async () => {
  const file = join(home, "a")
  writeFileSync(file, "one")
  using followed = follow([file])
  const told = followed.tells("20")
  for (let n = 0; n <= 20; n++) swap(file, `${n}`)
  await told
  expect(followed.seen).toEqual(["20"])
})

describe("the places that decide a path", () => {
  test("are the links on the way and the file", () => {
    mkdirSync(join(home, "real"))
    symlinkSync("real", join(home, "link"))
    writeFileSync(join(home, "real", "a"), "")
    expect(placesOn(join(home, "link", "a"))).toEqual([
      { folder: home, name: "link" },
      { folder: join(home, "real"), name: "a" },
    ])
  })

  test("end with the first thing missing, and with links that lead nowhere but in a circle", () => {
    expect(placesOn(join(home, "no", "such", "file"))).toEqual([{ folder: home, name: "no" }])
    symlinkSync("b", join(home, "a"))
    symlinkSync("a", join(home, "b"))
    expect(placesOn(join(home, "a")).length).toBeGreaterThan(2)
  })
})
