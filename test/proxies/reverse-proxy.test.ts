import { expect } from "bun:test"
import { rmSync } from "node:fs"
import { signIn } from "../../src/client/sign-in.ts"
import { startGateway, temporaryHome, testToken } from "../support/gateway.ts"
import { testWith } from "../support/programs.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"
import { callingFrom, startProxy, type ProxyName } from "../support/reverse-proxy.ts"

const page = "https://gateway.example"
const outside = "203.0.113.9"

/** A gateway with a proxy in front of it, which it trusts unless told otherwise. */
const behind = async (name: ProxyName, config: Record<string, unknown> = {}) => {
  const controlUi = { allowedOrigins: [page] }
  const gateway = await startGateway({
    config: { gateway: { controlUi, trustedProxies: ["127.0.0.1"], ...config } },
  })
  const proxy = await startProxy(name, gateway.running.port)
  return {
    gateway,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

/** The address the gateway believes a new device to ask from. */
const seenAddress = async (
  { gateway, proxy }: Awaited<ReturnType<typeof behind>>,
  headers: Record<string, string>,
) => {
  const device = rawDevice()
  await using socket = await attempt(
    proxy.wsUrl,
    (nonce) => device.connect({ nonce, signedAt: Date.now(), auth: { token: testToken } }),
    headers,
  )
  expect(await refusalOf(socket)).toContain("NOT_PAIRED")
  const { pending } = (await gateway.client.request("device.pair.list")) as {
    pending: { deviceId: string; remoteIp?: string }[]
  }
  return pending.find(({ deviceId }) => deviceId === device.id)?.remoteIp
}

const insecure = { tls: { rejectUnauthorized: false } }

for (const name of ["nginx", "haproxy"] as const) {
  const proxied = testWith(name)

  proxied(`behind ${name}, WebSockets pass and nobody is local, trusted or not`, async () => {
    for (const trustedProxies of [["127.0.0.1"], []]) {
      await using place = await behind(name, { trustedProxies })
      const { gateway, proxy } = place
      // Whoever sits at this machine needs no device; whoever comes through the proxy does.
      await using direct = await attempt(gateway.wsUrl)
      expect(await refusalOf(direct)).toBe("let in")
      for (const headers of <Record<string, string>[]>[
        {},
        { [callingFrom]: outside },
        { "x-forwarded-for": "127.0.0.1" },
      ]) {
        await using through = await attempt(proxy.wsUrl, connectWith(), headers)
        expect(await refusalOf(through)).toContain("DEVICE_IDENTITY_REQUIRED")
      }
      const near = await (await fetch(`${gateway.running.url}readyz`)).json()
      const far = await (await fetch(`${proxy.url}readyz`, insecure)).json()
      expect(near).toHaveProperty("uptimeMs")
      expect(far).not.toHaveProperty("uptimeMs")
    }
  })

  proxied(
    `behind ${name}, the right-most address it does not know itself is the client`,
    async () => {
      await using place = await behind(name)
      const from = { [callingFrom]: outside }
      expect(await seenAddress(place, from)).toBe(outside)
      // What the client claims stands to the left of what the proxy saw.
      for (const claim of ["127.0.0.1", "10.0.0.1, 127.0.0.1", "nonsense", "198.51.100.1"])
        expect(await seenAddress(place, { ...from, "x-forwarded-for": claim })).toBe(outside)
      expect(await seenAddress(place, { ...from, "x-real-ip": "127.0.0.1" })).toBe(outside)
    },
  )

  proxied(
    `behind ${name}, which is not among the trusted proxies, its headers are no news`,
    async () => {
      await using place = await behind(name, { trustedProxies: ["192.0.2.1"] })
      expect(await seenAddress(place, { [callingFrom]: outside })).not.toBe(outside)
    },
  )

  proxied(`behind ${name}, names and pages are checked as they are without it`, async () => {
    await using place = await behind(name)
    const { proxy } = place
    const ask = (host: string) => fetch(proxy.url, { ...insecure, headers: { host } })
    expect((await ask("evil.example")).status).toBe(421)
    expect((await ask("gateway.example")).status).toBe(200)

    const from = async (origin: string, host = "gateway.example") => {
      await using socket = await attempt(proxy.wsUrl, connectWith(), { origin, host })
      return refusalOf(socket)
    }
    expect(await from(page)).toContain("DEVICE_IDENTITY_REQUIRED")
    for (const origin of [
      "https://evil.example",
      "http://gateway.example",
      "https://gateway.example.evil.example",
      // Our own page at this machine, but nobody here is at this machine.
      `http://127.0.0.1:${place.gateway.running.port}`,
      `https://127.0.0.1:${proxy.port}`,
      "null",
    ])
      expect(await from(origin)).toContain("CONTROL_UI_ORIGIN_NOT_ALLOWED")
    await expect(from(page, "evil.example")).rejects.toThrow("not greeted")
  })

  proxied(
    `our client through ${name}: pinned, paired once, known again by its device token`,
    async () => {
      await using home = await temporaryHome()
      await using place = await behind(name)
      const { gateway, proxy } = place
      const far = {
        url: proxy.wsUrl.replace("127.0.0.1", "0.0.0.0"),
        tlsFingerprint: proxy.fingerprint,
        version: "0.0.0-test",
      }
      const first = await signIn(home.path, { ...far, token: testToken }).catch((error) => error)
      expect(first).toMatchObject({ code: "client.not-paired" })
      const { pending } = (await gateway.client.request("device.pair.list")) as {
        pending: { requestId: string }[]
      }
      await gateway.client.request("device.pair.approve", { requestId: pending[0]!.requestId })

      await (await signIn(home.path, { ...far, token: testToken })).close()
      await using known = await signIn(home.path, far)
      expect(await known.request("health")).toMatchObject({ ok: true })

      const pin = "00".repeat(32)
      await expect(signIn(home.path, { ...far, tlsFingerprint: pin })).rejects.toMatchObject({
        code: "client.certificate-mismatch",
      })
      rmSync(`${home.path}/identity/device-auth.json`)
      await expect(signIn(home.path, far)).rejects.toMatchObject({ code: "client.unauthorized" })
    },
  )
}
