/** threats.md A2: lockout, and what may be spent on a stranger. Against the running gateway. */
import { describe, expect, test } from "bun:test"
import { createLimiter } from "../../src/gateway/limiter.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { headerLines, rawHttp, upgradeHeaders } from "../support/raw-http.ts"
import { attempt, connectWith, rawSocket, type Attempt } from "../support/raw-socket.ts"
import { rawDevice } from "../support/raw-device.ts"
import { turnableClock } from "../support/turnable-clock.ts"

/** A gateway behind a proxy on this machine, so that one test can come from many addresses. */
const behindProxy = (more: Parameters<typeof startGateway>[0] = {}) =>
  startGateway({ ...more, config: { gateway: { trustedProxies: ["127.0.0.1"] } } })
const from = (address: string) => ({ "x-forwarded-for": address })

const wrong = { token: "wrong-token-0123456789abcdef" }
const tryFrom = (gateway: TestGateway, address: string, auth: { token: string } = wrong) => {
  const device = rawDevice()
  return attempt(
    gateway.wsUrl,
    (nonce) => device.connect({ auth, nonce, signedAt: Date.now() }),
    from(address),
  )
}
const codeOf = ({ answer }: Attempt) =>
  answer?.ok ? "let in" : (answer?.error.details.code as string)
const codesOf = async (attempts: Promise<Attempt>[]) => {
  const codes: string[] = []
  for (const socket of await Promise.all(attempts)) {
    codes.push(codeOf(socket))
    socket.close()
  }
  return codes
}
const times = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at))
const count = (codes: string[], code: string) => codes.filter((one) => one === code).length
const right = { token: testToken }

test("N030 after ten wrong secrets a client waits, with the right one too; another does not", async () => {
  await using gateway = await behindProxy()
  const codes: string[] = []
  for (let at = 0; at < 20; at++) codes.push(...(await codesOf([tryFrom(gateway, "203.0.113.7")])))
  expect(codes).toEqual([
    ...times(10, () => "AUTH_TOKEN_MISMATCH"),
    ...times(10, () => "AUTH_RATE_LIMITED"),
  ])
  await using locked = await tryFrom(gateway, "203.0.113.7", right)
  expect(locked.answer?.error).toMatchObject({ code: "UNAVAILABLE", retryable: true })
  expect(locked.answer?.error.retryAfterMs).toBeGreaterThan(200_000)
  await using other = await tryFrom(gateway, "203.0.113.8", right)
  expect(codeOf(other)).toBe("PAIRING_REQUIRED")
})

test("N030 the same budget counts for HTTP", async () => {
  await using gateway = await behindProxy()
  const ask = (address: string, token: string) =>
    fetch(`${gateway.running.url}ready`, {
      headers: { ...from(address), authorization: `Bearer ${token}` },
    })
  for (let at = 0; at < 10; at++) expect((await ask("203.0.113.7", wrong.token)).status).toBe(401)
  const limited = await ask("203.0.113.7", testToken)
  expect(limited.status).toBe(429)
  expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(200)
  expect((await ask("203.0.113.8", testToken)).status).toBe(200)
  await using socket = await tryFrom(gateway, "203.0.113.7", right)
  expect(codeOf(socket)).toBe("AUTH_RATE_LIMITED")
})

test("N030 a client without a secret spends nothing", async () => {
  await using gateway = await behindProxy()
  await codesOf(times(20, () => tryFrom(gateway, "203.0.113.7", { token: "" })))
  expect(await codesOf([tryFrom(gateway, "203.0.113.7", right)])).toEqual(["PAIRING_REQUIRED"])
})

test("N031 of two hundred tries at once no more than ten are looked at", async () => {
  await using gateway = await behindProxy()
  const codes: string[] = []
  // As many at a time as one client may have open before it has signed in.
  for (let wave = 0; wave < 8; wave++)
    codes.push(...(await codesOf(times(25, () => tryFrom(gateway, "203.0.113.7")))))
  expect(count(codes, "AUTH_TOKEN_MISMATCH")).toBe(10)
  expect(count(codes, "AUTH_RATE_LIMITED")).toBe(190)
})

describe("N032 one client is one, however its address is written", () => {
  test.each([
    ["an IPv4 address over IPv6", "203.0.113.7", "::ffff:203.0.113.7"],
    ["with a port", "203.0.113.7", "203.0.113.7:4711"],
    ["one network of IPv6", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9"],
    ["letters in another case", "2001:db8:a:b::1", "2001:DB8:A:B::1"],
  ])("%s", async (_, one, other) => {
    await using gateway = await behindProxy()
    await codesOf(times(10, () => tryFrom(gateway, one)))
    expect(await codesOf([tryFrom(gateway, other, right)])).toEqual(["AUTH_RATE_LIMITED"])
  })
})

test("N036 a hundred thousand strangers do not fill the memory", () => {
  const limit = { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000, exemptLoopback: true }
  const limiter = createLimiter(turnableClock(), () => limit)
  for (let at = 0; at < 100_000; at++) {
    const address = `2001:${(at & 0xffff).toString(16)}:${(at >> 16).toString(16)}::1`
    const remote = { peer: address, address, route: "direct" as const }
    limiter.look({ remote, origin: null }, "shared", () => false)
  }
  expect(limiter.size).toBeLessThanOrEqual(10_000)
})

describe("N038 sockets that say nothing", () => {
  test("are thirty-two for one client, and the signed-in notice nothing", async () => {
    await using gateway = await behindProxy()
    const headers = headerLines({ Host: "127.0.0.1", ...upgradeHeaders, ...from("203.0.113.7") })
    const knock = () => rawHttp(gateway.running.port, `GET / HTTP/1.1\r\n${headers}\r\n`)
    const open = await Promise.all(times(32, () => rawSocket(gateway.wsUrl, from("203.0.113.7"))))
    const refused = await Promise.all(times(100, knock))
    expect(refused.map(({ status }) => status)).toEqual(times(100, () => 503))
    expect(refused[0]!.text).toContain("Too many unauthenticated sockets")
    expect(await gateway.client.request("health", {})).toMatchObject({ ok: true })
    await using other = await attempt(gateway.wsUrl, connectWith())
    expect(other.answer?.ok).toBe(true)
    for (const socket of open) socket.close()
  })

  test("are shown out when their time is over, and make room", async () => {
    const clock = turnableClock()
    await using gateway = await behindProxy({ start: { clock } })
    const silent = await Promise.all(times(32, () => rawSocket(gateway.wsUrl, from("203.0.113.7"))))
    clock.turn(15_000)
    const closed = await Promise.all(silent.map((socket) => socket.closed))
    expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1008]))
    await using next = await rawSocket(gateway.wsUrl, from("203.0.113.7"))
    expect(next.nonce).toBeString()
  })
})

describe("N039 an upgrade that is none is closed at once, outside no budget", () => {
  test.each([
    ["no Connection header", { Connection: undefined }],
    ["Connection: close", { Connection: "close" }],
    ["no key", { "Sec-WebSocket-Key": undefined }],
  ])("%s", async (_, more) => {
    await using gateway = await startGateway()
    const headers = headerLines({ Host: "127.0.0.1", ...upgradeHeaders, ...more })
    const { status } = await rawHttp(gateway.running.port, `GET / HTTP/1.1\r\n${headers}\r\n`)
    expect(status).toBe(400)
  })
})

describe("N040 before sign-in", () => {
  test("a frame of more than 64 KiB ends the socket", async () => {
    await using gateway = await startGateway()
    await using socket = await rawSocket(gateway.wsUrl)
    socket.send("x".repeat(8 * 1024 * 1024))
    expect((await socket.closed).code).toBe(1009)
  })

  test("compression is not agreed on, so nothing can be packed into a small frame", async () => {
    await using gateway = await startGateway()
    const offer = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" }
    const headers = headerLines({ Host: "127.0.0.1", ...upgradeHeaders, ...offer })
    const { status, text } = await rawHttp(gateway.running.port, `GET / HTTP/1.1\r\n${headers}\r\n`)
    expect(status).toBe(101)
    expect(text.toLowerCase()).not.toContain("permessage-deflate")
  })
})

test("N041 a body nobody asked for is refused by its length, before it comes", async () => {
  await using gateway = await startGateway()
  const head = "POST /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1073741824\r\n\r\n"
  const { status } = await rawHttp(gateway.running.port, head)
  expect([405, 413]).toContain(status)
})
