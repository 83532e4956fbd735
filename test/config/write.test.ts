import { expect, test } from "bun:test"
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { keepLastGood, listBackups, readLastGood } from "../../src/config/backups.ts"
import { createSettings } from "../../src/config/create.ts"
import { holdFile } from "../../src/store/lock.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { gateway, sections, temporaryFolder } from "./sample.ts"

const placesIn = (folder: string, name = "fased.json") => ({
  config: join(folder, name),
  state: join(folder, "state"),
})
const open = (folder: string, { name = "fased.json", clock = turnableClock() } = {}) =>
  createSettings({ paths: placesIn(folder, name), env: {}, sections, fetchSecrets, clock })

const writer = (folder: string, name: string, count: number) =>
  Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, "../support/config-writer-main.ts"),
      folder,
      name,
      `${count}`,
    ],
    { stdout: "pipe", stderr: "inherit" },
  )

for (const processes of [2, 8])
  test(`${processes} processes that write at once lose no edit`, async () => {
    using folder = temporaryFolder({ "fased.json": "{\n  // mine\n}\n" })
    const count = 80 / processes
    const writers = Array.from({ length: processes }, (_, at) =>
      writer(folder.path, `p${at}x`, count),
    )
    expect(await Promise.all(writers.map((one) => one.exited))).toEqual(writers.map(() => 0))
    const text = readFileSync(join(folder.path, "fased.json"), "utf8")
    expect(text).toContain("// mine")
    const { agents } = Bun.JSON5.parse(text) as { agents: { extra: object } }
    expect(Object.keys(agents.extra)).toHaveLength(80)
  }, 60_000)

test("kill -9 during a thousand writes never leaves a config that cannot be read", async () => {
  using folder = temporaryFolder({ "fased.json": "{}" })
  const places = { config: join(folder.path, "fased.json"), state: folder.path }
  let kills = 0
  for (let written = 0; written < 1000; kills++) {
    const one = writer(folder.path, `r${kills}x`, 1000)
    const enough = written + 1 + Math.floor(Math.random() * 80)
    for await (const { length } of one.stdout) if ((written += length) >= enough) break
    await Bun.sleep(Math.random() * 8) // somewhere within the next write
    one.kill("SIGKILL")
    await one.exited
    const files = [places.config, ...listBackups(places).map(({ path }) => path)]
    for (const file of files)
      expect(() => Bun.JSON5.parse(readFileSync(file, "utf8"))).not.toThrow()
    writeFileSync(places.config, "{}") // small again, so that the next writes are quick
  }
  expect(kills).toBeGreaterThan(10)
  const settings = await createSettings({ paths: places, env: {}, sections, fetchSecrets })
  await settings.set("gateway.port", 5) // nobody's lock is left
  const left = readdirSync(folder.path, { recursive: true }).filter((name) =>
    String(name).endsWith(".tmp"),
  )
  expect(left).toEqual([])
}, 120_000)

test("the last ten versions are kept, each with the time it was replaced", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { port: 1 } }" })
  const clock = turnableClock()
  const settings = await open(folder.path, { clock })
  for (let port = 2; port <= 15; port++) {
    clock.turn(60_000)
    await settings.set("gateway.port", port)
  }
  const backups = listBackups(placesIn(folder.path))
  const ports = backups.map(({ path }) => /\d+/.exec(readFileSync(path, "utf8"))![0])
  expect(ports).toEqual(["14", "13", "12", "11", "10", "9", "8", "7", "6", "5"])
  expect(backups[0]!.at).toBe(clock.now())
  expect(backups[0]!.name).toBe(
    `fased.${new Date(clock.now()).toISOString().replaceAll(":", "-")}.json`,
  )
  expect(readFileSync(join(folder.path, "fased.json.bak"), "utf8")).toContain("14")
})

test("versions of one moment, and of a clock turned back, stay in order", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { port: 1 } }" })
  const clock = turnableClock()
  const settings = await open(folder.path, { clock })
  for (const port of [2, 3]) await settings.set("gateway.port", port)
  clock.turn(-3_600_000)
  await settings.set("gateway.port", 4)
  const texts = listBackups(placesIn(folder.path)).map(({ path }) => readFileSync(path, "utf8"))
  expect(texts.map((text) => /\d/.exec(text)![0])).toEqual(["3", "2", "1"])
})

test("a change that changes nothing leaves no backup", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { port: 5 } }" })
  const settings = await open(folder.path)
  await settings.set("gateway.port", 5)
  await settings.unset("gateway.bind")
  expect(listBackups(placesIn(folder.path))).toEqual([])
  expect(existsSync(join(folder.path, "fased.json.bak"))).toBe(false)
})

test("N097 everything written is private, whatever the umask", async () => {
  using folder = temporaryFolder({ "fased.json": "{}" })
  const umask = process.umask(0)
  try {
    const settings = await open(folder.path)
    await settings.set("gateway.port", 5)
    keepLastGood(placesIn(folder.path), settings.current())
  } finally {
    process.umask(umask)
  }
  const modes = readdirSync(folder.path, { recursive: true }).map((name) => {
    const stats = statSync(join(folder.path, String(name)))
    return [String(name), (stats.mode & 0o777).toString(8), stats.isDirectory()] as const
  })
  expect(modes.length).toBe(7)
  for (const [name, mode, isFolder] of modes)
    expect({ name, mode }).toEqual({ name, mode: isFolder ? "700" : "600" })
})

test("a link stays a link, through links and to a file that is not there yet", async () => {
  using folder = temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  mkdirSync(at("dotfiles"))
  symlinkSync("dotfiles/middle.json", at("fased.json"))
  symlinkSync("real.json", at("dotfiles/middle.json"))
  const settings = await open(folder.path)
  await settings.set("gateway.port", 5)
  await settings.set("gateway.port", 6)
  for (const link of ["fased.json", "dotfiles/middle.json"])
    expect(lstatSync(at(link)).isSymbolicLink()).toBe(true)
  expect(readFileSync(at("dotfiles/real.json"), "utf8")).toContain("6")
  expect(readFileSync(at("dotfiles/real.json.bak"), "utf8")).toContain("5")
})

test("a change made from an older reading is refused, and says to read again", async () => {
  using folder = temporaryFolder({ "fased.json": "{}" })
  const [mine, yours] = [await open(folder.path), await open(folder.path)]
  const { hash } = mine.current()
  await yours.set("gateway.port", 5)
  const attempts = [
    () => mine.change([{ path: ["gateway", "bind"], value: "lan" }], { baseHash: hash }),
    () => mine.replace("{ gateway: { bind: 'lan' } }", { baseHash: hash }),
  ]
  for (const attempt of attempts)
    await expect(attempt()).rejects.toMatchObject({
      code: "config.stale-hash",
      message: expect.stringContaining("call config.get again"),
    })
  expect(readFileSync(join(folder.path, "fased.json"), "utf8")).not.toContain("lan")
})

test("several changes arrive together or not at all", async () => {
  using folder = temporaryFolder({ "fased.json": "{ /* mine */ gateway: { port: 1 } }" })
  const settings = await open(folder.path)
  const port = { path: ["gateway", "port"], value: 2 }
  await expect(
    settings.change([port, { path: ["gateway", "bind"], value: "nowhere" }]),
  ).rejects.toMatchObject({ code: "config.bad-value" })
  expect(settings.section(gateway).port).toBe(1)
  await settings.change([port, { path: ["gateway", "bind"], value: "lan" }])
  expect(settings.section(gateway)).toMatchObject({ port: 2, bind: "lan" })
  expect(settings.current().text).toContain("/* mine */")
  expect(listBackups(placesIn(folder.path))).toHaveLength(1)
})

test("replacing the whole file takes only a good one", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { prot: 1 } }" })
  const settings = await open(folder.path)
  for (const text of ["{ gateway: { port: 'x' } }", "{ gateway: ", "[]"])
    await expect(settings.replace(text)).rejects.toMatchObject({ code: "config.bad-value" })
  await settings.replace("{ gateway: { port: 7 } } // new")
  expect(settings.section(gateway).port).toBe(7)
})

test("the last good reading is kept as written, and whole in itself where it includes files", async () => {
  using folder = temporaryFolder({ "fased.json": "{ /* mine */ gateway: { port: 7 } }" })
  const places = placesIn(folder.path)
  expect(readLastGood(places)).toBeUndefined()
  const state = (await open(folder.path)).current()
  keepLastGood(places, state)
  expect(readLastGood(places)?.text).toBe(state.text)
  const composed = { gateway: { port: 7, auth: { token: "${TOKEN}" } } }
  keepLastGood(places, { ...state, files: [places.config, "/other.json"], composed })
  expect(Bun.JSON5.parse(readLastGood(places)!.text)).toEqual(composed)
  keepLastGood(places, { ...state, exists: false })
  expect(Bun.JSON5.parse(readLastGood(places)!.text)).toEqual(composed)
})

test("a folder that cannot be written to is told as such", async () => {
  using folder = temporaryFolder({ "in-the-way": "" })
  const error = await (
    await open(join(folder.path, "in-the-way"))
  )
    .set("gateway.port", 5)
    .catch((error: unknown) => error)
  expect(error).toMatchObject({ code: "config.cannot-write" })
  expect((error as Error).message).not.toContain("database")
})

test("a lock that somebody else has is waited for", async () => {
  using folder = temporaryFolder({ "fased.json": "{}" })
  const lock = holdFile(join(folder.path, "fased.json.lock"))!
  const settings = await open(folder.path)
  const change = settings.set("gateway.port", 5)
  lock.close(false)
  expect((await change).values).toBeDefined()
})
