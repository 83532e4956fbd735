import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createMedia } from "../../src/media/create.ts"
import { createMediaStore } from "../../src/media/store.ts"
import { migrations } from "../../src/registry/migrations.ts"
import { Database } from "../../src/store/database.ts"
import { temporaryHome } from "../support/gateway.ts"
import { pngClaiming, pngOf } from "../support/pictures.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

let home: Awaited<ReturnType<typeof temporaryHome>>
let png: Uint8Array
beforeAll(async () => {
  home = await temporaryHome()
  png = await pngOf(40, 20)
})
afterAll(() => home[Symbol.asyncDispose]())

let count = 0
const open = (maxSide = 1200) => {
  const folder = join(home.path, `media-${++count}`)
  const clock = turnableClock()
  const store = createMediaStore(new Database(":memory:", migrations))
  const media = createMedia({ folder, store, maxSide: () => maxSide, clock, log: silentLog })
  return { ...media, clock, folder }
}

test("a picture is kept under a name of our own, for its owner only", async () => {
  const { keep, read, folder, close } = open()
  const { mediaId, ...facts } = await keep("agent:main:main", png, "../../etc/passwd")
  expect(mediaId).toMatch(/^[0-9a-f-]{36}\.png$/)
  expect(facts).toEqual({ mimeType: "image/png", width: 40, height: 20 })
  expect((await read("agent:main:main", mediaId))?.bytes).toEqual(png)
  expect(readdirSync(folder)).toEqual([mediaId])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, mediaId)).mode & 0o777).toBe(0o600)
  await close()
})

test("N151 another session's picture cannot be had, unless it was shared", async () => {
  const { keep, read, share, close } = open()
  const { mediaId } = await keep("a", png, "x")
  expect(await read("b", mediaId)).toBeNull()
  await share("a", "b")
  expect((await read("b", mediaId))?.mimeType).toBe("image/png")
  await close()
})

describe("N150, N154 only names given here are looked for", () => {
  test.each([
    "../fased.json",
    "/etc/passwd",
    "secret.png",
    "",
    "\0",
    "%2e%2e/x.png",
    `${"0".repeat(36)}.png/../../x`,
  ])("%p", async (name) => {
    const { read, keep, folder, close } = open()
    await keep("a", png, "x")
    writeFileSync(join(folder, "secret.png"), png)
    expect(await read("a", name)).toBeNull()
    await close()
  })
})

test("a large picture is scaled down, its proportions kept", async () => {
  const { keep, read, close } = open(100)
  const kept = await keep("a", await pngOf(400, 200), "x")
  expect(kept).toMatchObject({ width: 100, height: 50, mimeType: "image/png" })
  const stored = await read("a", kept.mediaId)
  expect(await new Bun.Image(stored!.bytes).metadata()).toMatchObject({ width: 100, height: 50 })
  await close()
})

test("N156 a picture that claims to be huge is refused by its header", async () => {
  const { keep, folder, close } = open()
  const bomb = await pngClaiming(30_000, 30_000)
  const before = process.memoryUsage().rss
  const refused = { code: "media.picture-too-large", status: 413 }
  await expect(keep("a", bomb, "bomb")).rejects.toMatchObject(refused)
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  expect(() => readdirSync(folder)).toThrow()
  await close()
})

describe("what is no picture is refused, whatever it is called", () => {
  test.each([
    ["nothing", new Uint8Array()],
    ["text", Buffer.from("hello")],
    ["a script in SVG", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")],
    ["only a header", Buffer.from("89504e470d0a1a0a", "hex")],
  ])("%s", async (_, bytes) => {
    const { keep, close } = open()
    await expect(keep("a", bytes, "cat.png")).rejects.toMatchObject({ code: "media.not-a-picture" })
    await close()
  })

  test("a picture that is cut off", async () => {
    const { keep, close } = open()
    const cut = (await pngOf(300, 300)).slice(0, 120)
    await expect(keep("a", cut, "cat.png")).rejects.toMatchObject({ code: "media.not-a-picture" })
    await close()
  })
})

test("N157 old pictures go by themselves, their files too", async () => {
  const { keep, read, clock, folder, close } = open()
  const old = await keep("a", png, "x")
  clock.turn(20 * 24 * 3_600_000)
  const young = await keep("a", png, "x")
  clock.turn(11 * 24 * 3_600_000)
  await close()
  expect(await read("a", old.mediaId)).toBeNull()
  expect(await read("a", young.mediaId)).not.toBeNull()
  expect(readdirSync(folder)).toEqual([young.mediaId])
})
