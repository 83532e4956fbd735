import { describe, expect, test } from "bun:test"
import { startGateway, testToken } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

const wrong = "wrong-but-long-enough"
const proxied = (address: string) => ({ "x-forwarded-for": address })
const behindProxy = { config: { gateway: { trustedProxies: ["127.0.0.1"] } } }

type Given = { token?: string; deviceToken?: string }

/** A remote client with a device, behind the trusted proxy. */
const knocking = async (url: string, address: string, auth: Given, device = rawDevice()) => {
  await using socket = await attempt(
    url,
    (nonce) => device.connect({ nonce, signedAt: Date.now(), auth }),
    proxied(address),
  )
  const outcome = await refusalOf(socket)
  const { error } = socket.answer!
  return { outcome, error, reason: outcome === "let in" ? "" : (await socket.closed).reason }
}
const limited = "UNAVAILABLE AUTH_RATE_LIMITED 1008"
const mismatch = "INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008"
const pairing = "NOT_PAIRED PAIRING_REQUIRED 1008"

describe("too many wrong tokens", () => {
  test("lock their client out, for a time it is told, and nobody else", async () => {
    await using gateway = await startGateway(behindProxy)
    const outcomes = []
    for (let n = 0; n < 12; n++)
      outcomes.push((await knocking(gateway.wsUrl, "192.0.2.1", { token: wrong })).outcome)
    expect(outcomes).toEqual([...Array(10).fill(mismatch), limited, limited])

    const { outcome, error, reason } = await knocking(gateway.wsUrl, "192.0.2.1", {
      token: testToken,
    })
    expect(outcome).toBe(limited)
    expect(error).toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      details: { code: "AUTH_RATE_LIMITED", recommendedNextStep: "wait_then_retry" },
    })
    expect(error.retryAfterMs).toBeWithin(290_000, 300_001)
    expect(reason).toContain("too many wrong attempts")

    expect((await knocking(gateway.wsUrl, "::ffff:192.0.2.1", { token: testToken })).outcome).toBe(
      limited,
    )
    expect((await knocking(gateway.wsUrl, "192.0.2.2", { token: testToken })).outcome).toBe(pairing)
    await using local = await attempt(gateway.wsUrl)
    expect(await refusalOf(local)).toBe("let in")
  })

  test("two hundred at once are looked at ten times", async () => {
    await using gateway = await startGateway(behindProxy)
    const waves = []
    for (let wave = 0; wave < 10; wave++)
      waves.push(
        ...(await Promise.all(
          Array.from({ length: 20 }, () => knocking(gateway.wsUrl, "192.0.2.1", { token: wrong })),
        )),
      )
    const looked = waves.filter(({ outcome }) => outcome === mismatch)
    expect([waves.length, looked.length]).toEqual([200, 10])
  })

  test("a paired device's own token is counted apart", async () => {
    await using gateway = await startGateway(behindProxy)
    const device = rawDevice()
    await using first = await attempt(gateway.wsUrl, (nonce) =>
      device.connect({ nonce, signedAt: Date.now(), auth: { token: testToken } }),
    )
    const { deviceToken } = first.answer!.payload.auth
    for (let n = 0; n < 11; n++) await knocking(gateway.wsUrl, "192.0.2.1", { token: wrong })
    const again = await knocking(gateway.wsUrl, "192.0.2.1", { deviceToken }, device)
    expect(again.outcome).toBe("let in")
    for (let n = 0; n < 10; n++)
      await knocking(gateway.wsUrl, "192.0.2.1", { deviceToken: wrong }, device)
    expect((await knocking(gateway.wsUrl, "192.0.2.1", { deviceToken }, device)).outcome).toBe(
      limited,
    )
  })

  test("nothing shown is nothing counted", async () => {
    await using gateway = await startGateway(behindProxy)
    for (let n = 0; n < 15; n++) await knocking(gateway.wsUrl, "192.0.2.1", {})
    expect((await knocking(gateway.wsUrl, "192.0.2.1", { token: testToken })).outcome).toBe(pairing)
  })

  test("pages on this machine are limited, its programs are not", async () => {
    await using gateway = await startGateway()
    const origin = `http://127.0.0.1:${gateway.running.port}`
    const guess = async (headers: Record<string, string>) => {
      await using socket = await attempt(
        gateway.wsUrl,
        connectWith({ auth: { token: wrong } }),
        headers,
      )
      return refusalOf(socket)
    }
    for (let n = 0; n < 10; n++) expect(await guess({ origin })).toBe(mismatch)
    expect(await guess({ origin })).toBe(limited)
    for (let n = 0; n < 15; n++) expect(await guess({})).toBe(mismatch)
    const other = { origin: `http://localhost:${gateway.running.port}` }
    expect(await guess(other)).toBe(mismatch)
  })

  test("how many, and for how long, is the config's to say, at once", async () => {
    await using gateway = await startGateway({
      config: {
        gateway: {
          trustedProxies: ["127.0.0.1"],
          auth: { token: testToken, rateLimit: { maxAttempts: 2, lockoutMs: 5_000 } },
        },
      },
    })
    const outcomes = []
    for (let n = 0; n < 3; n++)
      outcomes.push(await knocking(gateway.wsUrl, "192.0.2.1", { token: wrong }))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([mismatch, mismatch, limited])
    expect(outcomes[2]!.error.retryAfterMs).toBeWithin(4_000, 5_001)
  })
})

describe("over HTTP", () => {
  const asking = (port: number, init: RequestInit) => fetch(`http://127.0.0.1:${port}/readyz`, init)
  const bearing = (secret: string, more: object = proxied("192.0.2.1")) => ({
    headers: { authorization: `Bearer ${secret}`, ...more },
  })

  test("the eleventh wrong secret is 429 with the seconds to wait", async () => {
    await using gateway = await startGateway(behindProxy)
    const { port } = gateway.running
    for (let n = 0; n < 10; n++) {
      const refused = await asking(port, bearing(wrong))
      expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
    }
    const refused = await asking(port, bearing(testToken))
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get("retry-after"))).toBeWithin(290, 301)
    expect((await asking(port, bearing(testToken, proxied("192.0.2.2")))).status).toBe(200)
    expect((await knocking(gateway.wsUrl, "192.0.2.1", { token: testToken })).outcome).toBe(limited)
  })

  test("a wrong method, no credential or another kind of one costs nothing", async () => {
    await using gateway = await startGateway(behindProxy)
    const { port } = gateway.running
    for (let n = 0; n < 20; n++) {
      expect((await asking(port, { method: "PUT", ...bearing(wrong) })).status).toBe(405)
      expect((await asking(port, { headers: proxied("192.0.2.1") })).status).toBe(200)
      const basic = { authorization: "Basic dTpw", ...proxied("192.0.2.1") }
      expect((await asking(port, { headers: basic })).status).toBe(401)
    }
    expect((await asking(port, bearing(testToken))).status).toBe(200)
  })

  test("a password is one with its spaces", async () => {
    const password = "correct horse battery staple"
    await using gateway = await startGateway({
      config: { gateway: { trustedProxies: ["127.0.0.1"], auth: { password } } },
      client: { token: undefined, password },
    })
    expect((await asking(gateway.running.port, bearing(password))).status).toBe(200)
    expect((await asking(gateway.running.port, bearing("correct horse"))).status).toBe(401)
  })

  test("behind a proxy nobody named, not even the right secret counts", async () => {
    await using gateway = await startGateway()
    const refused = await asking(gateway.running.port, bearing(testToken))
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error: { code: "proxy_attribution_required" } })
  })
})
