import { describe, expect, test } from "bun:test"
import { createUiSessionStore, migrations } from "../../src/gateway/store.ts"
import { createUiSessions } from "../../src/gateway/ui-session.ts"
import { Database } from "../../src/store/database.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const hour = 3_600_000
const host = "fased.example"

/** A request whose cookie holds `value`, from a page of the gateway unless told otherwise. */
const holding = (value: string, headers: Record<string, string> = {}) => ({
  headers: new Headers({ host, cookie: `fased_ui_session=${value}`, ...headers }),
})

const scene = async ({ token = "a-long-token-of-the-gateway" as string | undefined } = {}) => {
  const db = new Database(":memory:", migrations)
  const clock = turnableClock()
  const auth = { token }
  const open = () =>
    createUiSessions({ store: createUiSessionStore(db), clock, token: () => auth.token })
  return {
    clock,
    auth,
    open,
    sessions: await open(),
    stored: () => JSON.stringify(db.sqlite.query("SELECT * FROM ui_sessions").all()),
    [Symbol.dispose]: () => db.close(),
  }
}

test("a cookie stands for its session, also after a restart, and is nowhere written down", async () => {
  using it = await scene()
  const value = await it.sessions.begin()
  expect(Buffer.from(value, "base64url")).toHaveLength(32)
  const session = it.sessions.of(holding(value))!
  expect(session.createdAt).toBe(it.clock.now())
  const restarted = await it.open()
  expect(restarted.of(holding(value))!.id).toBe(session.id)
  for (const secret of [value, it.auth.token!]) expect(it.stored()).not.toContain(secret)
})

describe("nobody is signed in by", () => {
  test.each([
    ["no cookie", () => ({ headers: new Headers({ host }) })],
    ["a forged cookie", () => holding("A".repeat(43))],
    ["the session's id", (_: string, id: string) => holding(id)],
    ["half a cookie", (value: string) => holding(value.slice(0, 40))],
    ["another name", (value: string) => ({ headers: new Headers({ host, cookie: `x=${value}` }) })],
    ["another site's page", (value: string) => holding(value, { origin: "https://evil.test" })],
    ["a sandboxed page", (value: string) => holding(value, { origin: "null" })],
    [
      "a sibling's page",
      (value: string) =>
        holding(value, { origin: `https://${host}`, "sec-fetch-site": "same-site" }),
    ],
    ["a link elsewhere", (value: string) => holding(value, { "sec-fetch-site": "cross-site" })],
  ])("%s", async (_name, request) => {
    using it = await scene()
    const value = await it.sessions.begin()
    const { id } = it.sessions.of(holding(value))!
    expect(it.sessions.of(request(value, id))).toBeUndefined()
  })
})

test.each([
  { origin: `https://${host}` },
  { origin: `http://${host}` },
  { origin: `https://${host}`, host: `${host}:443` },
  // A proxy that puts its own Host: the browser still says that it is the page's own address.
  { origin: "https://public.example", host: "127.0.0.1:18789", "sec-fetch-site": "same-origin" },
  { "sec-fetch-site": "none" },
  {},
])("the gateway's own page is heard: %j", async (headers) => {
  using it = await scene()
  const value = await it.sessions.begin()
  expect(it.sessions.of(holding(value, headers as Record<string, string>))).toBeDefined()
})

test("a cookie of that name from elsewhere does not hide the right one", async () => {
  using it = await scene()
  const value = await it.sessions.begin()
  const tossed = `${"B".repeat(43)}; other=1; fased_ui_session=${value}`
  expect(it.sessions.of(holding(tossed))).toBeDefined()
})

test("a session ends when it was not used for twelve hours", async () => {
  using it = await scene()
  const value = await it.sessions.begin()
  it.clock.turn(12 * hour - 1)
  expect(it.sessions.of(holding(value))).toBeDefined()
  it.clock.turn(12 * hour - 1)
  expect(it.sessions.of(holding(value))).toBeDefined()
  it.clock.turn(12 * hour)
  expect(it.sessions.of(holding(value))).toBeUndefined()
})

test("a session ends thirty days after it began, however much it is used", async () => {
  using it = await scene()
  const value = await it.sessions.begin()
  const { id } = it.sessions.of(holding(value))!
  for (let day = 0; day < 30 * 24 - 6; day += 6) {
    it.clock.turn(6 * hour)
    expect(await it.sessions.sweep(new Set([id]))).toEqual(new Set([id]))
  }
  it.clock.turn(6 * hour)
  expect(it.sessions.of(holding(value))).toBeUndefined()
  expect(await it.sessions.sweep(new Set([id]))).toEqual(new Set())
  expect(it.stored()).toBe("[]")
})

test("use is remembered across a restart once it was swept", async () => {
  using it = await scene()
  const value = await it.sessions.begin()
  it.clock.turn(11 * hour)
  it.sessions.of(holding(value))
  await it.sessions.sweep(new Set())
  it.clock.turn(11 * hour)
  expect((await it.open()).of(holding(value))).toBeDefined()
})

test("signing out ends one session, and for good", async () => {
  using it = await scene()
  const [mine, other] = [await it.sessions.begin(), await it.sessions.begin()]
  await it.sessions.end(it.sessions.of(holding(mine))!.id)
  expect(it.sessions.of(holding(mine))).toBeUndefined()
  expect((await it.open()).of(holding(mine))).toBeUndefined()
  expect(it.sessions.of(holding(other))).toBeDefined()
})

test("another token ends every session, even one changed while nothing ran", async () => {
  using it = await scene()
  const value = await it.sessions.begin()
  const first = it.auth.token
  it.auth.token = "another-long-token-of-the-gateway"
  expect(it.sessions.of(holding(value))).toBeUndefined()
  expect((await it.open()).of(holding(value))).toBeUndefined()
  await it.sessions.endAll()
  it.auth.token = first
  expect((await it.open()).of(holding(value))).toBeUndefined()
})

test("without a token nobody signs in, and nobody is", async () => {
  using it = await scene()
  const value = await it.sessions.begin()
  it.auth.token = undefined
  expect(it.sessions.offered).toBe(false)
  expect(it.sessions.of(holding(value))).toBeUndefined()
  await expect(it.sessions.begin()).rejects.toThrow()
})

test("the longest unused makes room for the 257th", async () => {
  using it = await scene()
  const values: string[] = []
  for (let index = 0; index < 256; index++) {
    values.push(await it.sessions.begin())
    it.clock.turn(1)
  }
  expect(it.sessions.of(holding(values[0]!))).toBeDefined()
  it.clock.turn(1)
  await it.sessions.begin()
  expect(it.sessions.of(holding(values[0]!))).toBeDefined()
  expect(it.sessions.of(holding(values[1]!))).toBeUndefined()
  expect(JSON.parse(it.stored())).toHaveLength(256)
})
