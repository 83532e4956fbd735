import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice, type RawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, rawSocket, refusalOf } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const host = "fased.example"
const origin = `https://${host}`
const path = "/__fased__/session"
const config = { gateway: { controlUi: { allowedOrigins: [origin] } } }
const page = { id: "fased-control-ui", mode: "ui" }

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ config })
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** The headers of this gateway's own page on this machine. */
const here = ({ running }: TestGateway) => ({ origin: new URL(running.url).origin })
const away = { host, origin }

const signIn = async (at = gateway) => {
  const response = await fetch(new URL(path, at.running.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: testToken }),
  })
  return response.headers.get("set-cookie")!.split(";")[0]!
}

/** Opens the socket as the page does: a device, no secret, the cookie if there is one. */
const open = (
  headers: Record<string, string>,
  {
    at = gateway,
    device = rawDevice(),
    client = page,
    auth = {},
    signedAt = Date.now(),
  }: {
    at?: TestGateway
    device?: RawDevice
    client?: { id: string; mode: string }
    auth?: { token?: string; deviceToken?: string }
    signedAt?: number
  } = {},
) =>
  attempt(
    at.wsUrl,
    (nonce) => device.connect({ client, auth, nonce, signedAt, scopes: ["operator.read"] }),
    headers,
  )

const pairing = "NOT_PAIRED PAIRING_REQUIRED 1008"
const noToken = "INVALID_REQUEST AUTH_TOKEN_MISSING 1008"

describe("the cookie of a sign-in", () => {
  test("counts as the token for the page on this machine", async () => {
    const cookie = await signIn()
    await using socket = await open({ ...here(gateway), cookie })
    expect(await refusalOf(socket)).toBe("let in")
    expect(socket.answer!.payload.auth.deviceToken).toBeString()
  })

  test("lets a page from afar ask to be paired, and then in", async () => {
    const [cookie, device] = [await signIn(), rawDevice()]
    await using asking = await open({ ...away, cookie }, { device })
    expect(await refusalOf(asking)).toBe(pairing)
    const { requestId } = asking.answer!.error.details
    await gateway.client.request("device.pair.approve", { requestId })
    await using paired = await open({ ...away, cookie }, { device })
    expect(await refusalOf(paired)).toBe("let in")
  })

  test.each([
    ["no cookie", {}],
    ["a forged one", { cookie: `fased_ui_session=${"A".repeat(43)}` }],
    ["the token in it", { cookie: `fased_ui_session=${testToken}` }],
  ])("is needed: %s", async (_name, headers) => {
    await using socket = await open({ ...away, ...headers })
    expect(await refusalOf(socket)).toBe(noToken)
  })

  test("means nothing from another site's page", async () => {
    const cookie = await signIn()
    const elsewhere: Record<string, string>[] = [
      { ...here(gateway), "sec-fetch-site": "same-site" },
      { ...here(gateway), "sec-fetch-site": "cross-site" },
      // On the list of origins, and still another page than the one that signed in.
      { host: "127.0.0.1", origin },
    ]
    for (const headers of elsewhere) {
      await using socket = await open({ ...headers, cookie })
      expect(await refusalOf(socket)).toBe(noToken)
    }
    await using evil = await open({ ...here(gateway), origin: "https://evil.test", cookie })
    expect(await refusalOf(evil)).toContain("CONTROL_UI_ORIGIN_NOT_ALLOWED")
  })

  test("means nothing to any other client, device or not", async () => {
    const cookie = await signIn()
    const client = { id: "cli", mode: "cli" }
    await using withDevice = await open({ cookie }, { client })
    expect(await refusalOf(withDevice)).toBe(noToken)
    await using without = await attempt(
      gateway.wsUrl,
      connectWith({ client: { ...client, version: "1", platform: "linux" }, auth: {} }),
      { cookie },
    )
    expect(without.answer!.ok).toBe(false)
  })

  test("does not stand in for the device", async () => {
    const cookie = await signIn()
    const client = { ...page, version: "1", platform: "web" }
    await using socket = await attempt(gateway.wsUrl, connectWith({ client, auth: {} }), {
      ...here(gateway),
      cookie,
    })
    expect(await refusalOf(socket)).toBe("NOT_PAIRED CONTROL_UI_DEVICE_IDENTITY_REQUIRED 1008")
  })
})

describe("when a sign-in ends", () => {
  test("by signing out, all sockets that came with it end, and no others", async () => {
    const [cookie, other, device] = [await signIn(), await signIn(), rawDevice()]
    await using mine = await open({ ...here(gateway), cookie }, { device })
    const { deviceToken } = mine.answer!.payload.auth
    await using byToken = await open(
      { ...here(gateway), cookie },
      { device, auth: { deviceToken } },
    )
    await using waiting = await rawSocket(gateway.wsUrl, { ...here(gateway), cookie })
    await using theirs = await open({ ...here(gateway), cookie: other })
    const out = await fetch(new URL(path, gateway.running.url), {
      method: "DELETE",
      headers: { cookie },
    })
    expect(out.status).toBe(200)
    for (const socket of [mine, byToken, waiting])
      expect(await socket.closed).toEqual({ code: 1008, reason: "signed out" })
    expect((await theirs.request("health"))?.ok).toBe(true)
    await using again = await open({ ...here(gateway), cookie })
    expect(await refusalOf(again)).toBe(noToken)
  })

  test("by an operator who signs its device out, until the token is shown again", async () => {
    const [cookie, device] = [await signIn(), rawDevice()]
    await using mine = await open({ ...here(gateway), cookie }, { device })
    const { deviceToken } = mine.answer!.payload.auth
    const revoked = { deviceId: device.id, role: "operator" }
    await gateway.client.request("device.token.revoke", revoked)
    expect((await mine.closed).reason).toBe("device token revoked")
    await using back = await open({ ...here(gateway), cookie }, { device })
    expect(await refusalOf(back)).toBe(noToken)
    await using stale = await open({ ...here(gateway), cookie }, { device, auth: { deviceToken } })
    expect(await refusalOf(stale)).toBe("INVALID_REQUEST AUTH_DEVICE_TOKEN_MISMATCH 1008")
    await using another = await open({ ...here(gateway), cookie: await signIn() }, { device })
    expect(await refusalOf(another)).toBe("let in")
  })

  test("by another token, within a second and without a restart", async () => {
    await using turning = await startGateway({ config })
    const cookie = await signIn(turning)
    await using socket = await open({ ...here(turning), cookie }, { at: turning })
    expect(socket.answer!.ok).toBe(true)
    const token = "another-token-0123456789abcdef0123456789abcdef"
    const written = JSON.parse(await Bun.file(turning.paths.config).text())
    written.gateway.auth.token = token
    writeFileAtomic(turning.paths.config, JSON.stringify(written))
    expect((await socket.closed).code).toBe(1008)
    await using again = await open({ ...here(turning), cookie }, { at: turning })
    expect(await refusalOf(again)).toBe(noToken)
    const { status } = await fetch(new URL(path, turning.running.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    })
    expect(status).toBe(200)
  })

  test("by its age, the sockets it opened end too; an open page keeps it from ending unused", async () => {
    const clock = turnableClock()
    await using timed = await startGateway({ config, start: { clock } })
    const cookie = await signIn(timed)
    await using socket = await open(
      { ...here(timed), cookie },
      { at: timed, signedAt: clock.now() },
    )
    expect(socket.answer!.ok).toBe(true)
    const known = async () => {
      const headers = { cookie, accept: "application/json" }
      const response = await fetch(new URL(path, timed.running.url), { headers })
      return ((await response.json()) as { signedIn: boolean }).signedIn
    }
    // Nothing but the open socket speaks for the session on all of the first twenty days.
    for (let hours = 0; hours < 20 * 24; hours += 6) {
      clock.turn(6 * 3_600_000)
      expect((await socket.request("health"))?.ok).toBe(true)
    }
    expect(await known()).toBe(true)
    for (let hours = 0; hours < 10 * 24; hours += 6) clock.turn(6 * 3_600_000)
    expect(await socket.closed).toEqual({ code: 1008, reason: "the sign-in has expired" })
    expect(await known()).toBe(false)
  })
})

test("wrong tokens are counted on the page as on the socket, and the wait is said", async () => {
  await using guarded = await startGateway({ config })
  const post = (body: string, type: string, more: Record<string, string> = {}) =>
    fetch(new URL(path, guarded.running.url), {
      method: "POST",
      headers: { ...away, "content-type": type, ...more },
      body,
      redirect: "manual",
    })
  const json = (token: string) => post(JSON.stringify({ token }), "application/json")
  const all = await Promise.all(Array.from({ length: 200 }, (_, index) => json(`wrong ${index}`)))
  const statuses = all.map(({ status }) => status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(10)
  expect(statuses.filter((status) => status === 429)).toHaveLength(190)

  const limited = await json(testToken)
  expect([limited.status, limited.headers.get("set-cookie")]).toEqual([429, null])
  expect(Number(limited.headers.get("retry-after"))).toBeWithin(290, 301)
  expect(await limited.json()).toMatchObject({
    error: { retryAfterMs: expect.any(Number), details: { hint: "Try again in 5 minutes." } },
  })
  const onPage = await post(
    new URLSearchParams({ token: testToken }).toString(),
    "application/x-www-form-urlencoded",
  )
  expect(onPage.status).toBe(429)
  expect(onPage.headers.get("retry-after")).toBeString()
  expect(await onPage.text()).toContain("Too many attempts from here. Try again in 5 minutes.")

  await using socket = await open(away, { at: guarded, auth: { token: testToken } })
  expect(await refusalOf(socket)).toContain("AUTH_RATE_LIMITED")
  // Sign-ins that show nothing are never counted, and who sits at this machine is somebody else.
  expect((await post("token=", "application/x-www-form-urlencoded")).status).toBe(400)
  expect(await signIn(guarded)).toStartWith("fased_ui_session=")
})
