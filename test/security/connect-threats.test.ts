/** threats.md A1: connect, tokens, scopes. Each against the running gateway. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { z } from "zod"
import { connect } from "../../src/client/connect.ts"
import { resolveTarget } from "../../src/client/target.ts"
import { clientIds, clientModes } from "../../src/client/wire.ts"
import { methods, tools } from "../../src/registry.ts"
import { offline, startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice, type RawDevice } from "../support/raw-device.ts"
import { headerLines, rawHttp, upgradeHeaders } from "../support/raw-http.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ config: offline })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const auth = { token: testToken }
const elsewhere = { "x-forwarded-for": "203.0.113.9" }
type Fields = Partial<Parameters<RawDevice["connect"]>[0]>
const knock = (device: RawDevice, fields: Fields = {}, headers = {}) =>
  attempt(
    gateway.wsUrl,
    (nonce) => device.connect({ auth, nonce, signedAt: Date.now(), ...fields }),
    headers,
  )
/** A device that was let in here once; gives its own token. */
const pair = async (device: RawDevice, scopes: string[]) => {
  await using socket = await knock(device, { scopes })
  return { deviceToken: socket.answer!.payload.auth.deviceToken as string }
}
const scoped = (...scopes: string[]) => gateway.connect({ scopes })
const pairing = "NOT_PAIRED PAIRING_REQUIRED 1008"

/** A listener that writes down who calls it. */
const trap = () => {
  const calls: string[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      calls.push(`${request.method} ${JSON.stringify([...request.headers])}`)
      return new Response("", { status: 404 })
    },
  })
  return {
    calls,
    port: server.port,
    async [Symbol.asyncDispose]() {
      await server.stop(true)
    },
  }
}

describe("N001 an address decides nothing about where a secret goes", () => {
  test.each([
    "?gatewayUrl=ws://evil.test",
    "?url=ws://evil.test",
    "chat?gatewayUrl=wss://evil.test",
  ])("the page at /%s may talk to the gateway it came from, and to nobody else", async (path) => {
    const response = await fetch(gateway.running.url + path)
    const policy = response.headers.get("content-security-policy") ?? ""
    expect(policy).toContain("connect-src 'self'")
    expect(policy).toContain("form-action 'none'")
    expect(await response.text()).not.toContain("evil.test")
  })

  test("an address on the command line gets no secret that was not given with it", () => {
    const gateway = { mode: "local", auth: { token: testToken } }
    const env = { FASED_GATEWAY_TOKEN: testToken }
    const sources = { env, gateway, defaultPort: 1, flags: { url: "wss://evil.test" } }
    expect(() => resolveTarget(sources)).toThrow("needs a credential of its own")
  })
})

test("N019 our client shows no secret to another machine without encryption", async () => {
  for (const url of ["ws://10.0.0.1:1", "ws://gateway.example:1", "ws://[2001:db8::1]:1"])
    await expect(
      connect({ url, token: testToken, version: "test", timeoutMs: 1_000 }),
    ).rejects.toMatchObject({ code: "client.plaintext-refused" })
})

test("N002 no call makes the gateway dial an address out of its parameters", async () => {
  await using listener = trap()
  const addresses = ["ws", "http"].map((scheme) => `${scheme}://127.0.0.1:${listener.port}/x`)
  for (const { name, params, example } of methods) {
    const keys = params instanceof z.ZodObject ? Object.keys(params.shape) : []
    for (const key of keys)
      for (const address of addresses)
        await gateway.client.request(name, { ...example, [key]: address }).catch(() => undefined)
  }
  expect(listener.calls).toEqual([])
  // A request for an approval is answered when its time is over, once for each of its parameters.
}, 60_000)

test("N002 no tool takes an address, but for pages behind the guard", () => {
  const known = {
    "web_fetch url": "read through the guarded fetch, which refuses private networks",
    "canvas url":
      "shown by a paired phone to its owner, http and https alone; nothing here asks it",
    "exec host": "one of a few words, not an address",
  }
  const taking = tools.flatMap(({ name, params }) =>
    params instanceof z.ZodObject
      ? Object.keys(params.shape)
          .filter((key) => /url|host|endpoint|gateway/i.test(key))
          .map((key) => `${name} ${key}`)
      : [name],
  )
  expect(taking.filter((one) => !(one in known))).toEqual([])
  const host = tools.find(({ name }) => name === "exec")!.params.shape.host
  expect(host.safeParse("ws://127.0.0.1:1").success).toBe(false)
})

test("N003 a secret in an address is refused on every route and reaches no log", async () => {
  const secret = "query-secret-0123456789abcdef"
  for (const path of ["", "ws", "hooks/x", "v1/models", "health", "chat"])
    for (const name of ["token", "password", "access_token", "api_key"]) {
      const url = `${gateway.running.url}${path}?x=1&${name}=${secret}`
      expect((await fetch(url)).status, url).toBe(400)
      const upgrade = `GET /${path}?${name}=${secret} HTTP/1.1\r\n`
      const lines = headerLines({ Host: "127.0.0.1", ...upgradeHeaders })
      const { status } = await rawHttp(gateway.running.port, `${upgrade}${lines}\r\n`)
      expect(status, url).toBe(400)
    }
  const { file } = (await gateway.client.request("logs.tail", { limit: 5000 })) as { file: string }
  expect(readFileSync(file, "utf8")).not.toContain(secret)
})

describe("N004 a page of another site cannot connect", () => {
  const pages = ["https://evil.test", "null", "http://127.0.0.1:9999", "http://localhost.evil.test"]
  test.each(pages)("%s", async (origin) => {
    for (const headers of [{}, elsewhere, { forwarded: "for=127.0.0.1" }] as const) {
      await using socket = await attempt(gateway.wsUrl, connectWith(), {
        ...headers,
        origin,
      } as Record<string, string>)
      expect(await refusalOf(socket)).toBe("INVALID_REQUEST CONTROL_UI_ORIGIN_NOT_ALLOWED 1008")
    }
  })
})

describe("N006 another name in the Host header is refused, by HTTP and by WebSocket", () => {
  test.each([
    "evil.test",
    "169.254.169.254.nip.io",
    "localhost.evil.test",
    "evil.test:80@127.0.0.1",
    "127.0.0.1.evil.test",
    "",
    undefined,
  ])("%p", async (host) => {
    for (const more of [{}, upgradeHeaders]) {
      const text = `GET / HTTP/1.1\r\n${headerLines({ Host: host, ...more })}\r\n`
      const { status, text: answer } = await rawHttp(gateway.running.port, text)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(answer).not.toContain("<title>")
    }
  })

  test("nor two of them", async () => {
    const text = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.test\r\n\r\n"
    expect((await rawHttp(gateway.running.port, text)).status).toBeGreaterThanOrEqual(400)
  })
})

test("N008 a secret must be right, not just there; each failure is told after the same steps", async () => {
  const wrong = { token: "wrong-token-0123456789abcdef" }
  const device = rawDevice()
  await using without = await attempt(gateway.wsUrl, connectWith({ auth: wrong }))
  expect(await refusalOf(without)).toBe("INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008")
  await using withDevice = await knock(device, { auth: wrong })
  expect(await refusalOf(withDevice)).toBe("INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008")
  await using badProof = await attempt(gateway.wsUrl, (nonce) => {
    const params = device.connect({ auth, nonce, signedAt: Date.now() })
    return { ...params, device: { ...params.device, signature: rawDevice().signed("x") } }
  })
  expect(await refusalOf(badProof)).toBe("INVALID_REQUEST DEVICE_AUTH_SIGNATURE_INVALID 1008")
})

describe("N009 what a client says of itself grants nothing", () => {
  const claims = ["operator.admin", "operator.write", "operator.pairing"]
  test("a device token gives the record's scopes, whatever is asked", async () => {
    const device = rawDevice()
    const token = await pair(device, ["operator.read"])
    await using wider = await knock(device, { auth: token, scopes: claims })
    expect(await refusalOf(wider)).toBe(pairing)
    await using same = await knock(device, { auth: token, scopes: ["operator.read"] })
    expect(same.answer?.payload.auth.scopes).toEqual(["operator.read"])
  })

  test("a node is a node, with whatever scopes it comes", async () => {
    await using node = await knock(rawDevice(), { role: "node", scopes: claims })
    expect(node.answer?.payload.auth).toMatchObject({ role: "node", scopes: [] })
  })

  test("a device from elsewhere is asked to wait, with the right token too", async () => {
    await using stranger = await knock(rawDevice(), { scopes: claims }, elsewhere)
    expect(await refusalOf(stranger)).toBe(pairing)
  })

  test("a client without a device from elsewhere is not let in", async () => {
    const backend = { id: "gateway-client", mode: "backend", version: "1", platform: "linux" }
    await using stranger = await attempt(gateway.wsUrl, connectWith({ client: backend }), elsewhere)
    expect(await refusalOf(stranger)).toBe("NOT_PAIRED DEVICE_IDENTITY_REQUIRED 1008")
  })
})

test("N010 asking for more on a reconnect makes a request, and changes nothing until somebody says yes", async () => {
  const device = rawDevice()
  const token = await pair(device, ["operator.read"])
  await using live = await knock(device, { auth: token, scopes: ["operator.read"] })
  for (const scopes of [["operator.admin"], ["operator.read", "operator.write"]]) {
    await using wider = await knock(device, { auth: token, scopes })
    expect(await refusalOf(wider)).toBe(pairing)
    expect(wider.answer?.error.details.requestId).toBeString()
  }
  const { error } = (await live.request("system-event", { text: "x" }))!
  expect(error.details.code).toBe("MISSING_SCOPE")
  await using again = await knock(device, { auth: token, scopes: [] })
  expect(again.answer?.payload.auth.scopes).toEqual([])
})

describe("N011 nobody mints more than they hold", () => {
  test.each([
    ["a device above the caller", "operator", undefined],
    ["wider scopes", "operator", ["operator.admin"]],
    ["a role that was never approved", "node", []],
    ["a scope nobody knows", "operator", ["root"]],
    ["one scope twice, the other not held", "operator", ["operator.read", "operator.admin"]],
  ])("%s", async (_, role, scopes) => {
    const device = rawDevice()
    await pair(device, ["operator.read", "operator.write"])
    const caller = await scoped("operator.pairing")
    const call = caller.request("device.token.rotate", { deviceId: device.id, role, scopes })
    await expect(call).rejects.toThrow()
  })
})

test("N012 nobody approves above their own scopes, by RPC or by chat", async () => {
  await using stranger = await knock(rawDevice(), { scopes: ["operator.admin"] }, elsewhere)
  const { requestId } = stranger.answer!.error.details
  for (const scopes of [["operator.pairing"], ["operator.pairing", "operator.write"]]) {
    const approver = await scoped(...scopes)
    await expect(approver.request("device.pair.approve", { requestId })).rejects.toThrow()
  }
  const writer = await scoped("operator.write")
  await expect(writer.request("device.pair.approve", { requestId })).rejects.toThrow(
    "missing scope",
  )
  for (const message of [`/pair approve ${requestId}`, `/approve ${requestId} allow-once`]) {
    const call = { message, sessionKey: "n012", idempotencyKey: message }
    await writer.request("agent", call).catch(() => undefined)
  }
  const { pending } = (await gateway.client.request("device.pair.list", {})) as {
    pending: { requestId: string }[]
  }
  expect(pending.map((one) => one.requestId)).toContain(requestId)
})

describe("N013 what ends a token ends its sockets", () => {
  test.each(["device.token.rotate", "device.token.revoke", "device.pair.remove"])(
    "%s",
    async (method) => {
      const device = rawDevice()
      const token = await pair(device, ["operator.read"])
      const sockets = await Promise.all([1, 2, 3].map(() => knock(device, { auth: token })))
      const params = { deviceId: device.id, ...(!method.includes("pair") && { role: "operator" }) }
      await gateway.client.request(method, params)
      for (const { answer, closed } of sockets) {
        expect(answer?.ok).toBe(true)
        await closed
      }
      await using again = await knock(device, { auth: token })
      expect(again.answer?.ok).toBe(false)
      expect((await gateway.client.request("health", {})) as object).toMatchObject({ ok: true })
    },
  )
})

test("N015 name, mode, platform and agent of a client change nothing about what it may do", async () => {
  /** Pages must show a device, whatever they may do then (contract 02 §7.6). */
  const pages = new Set(["webchat-ui", "fased-control-ui", "openclaw-control-ui"])
  for (const id of clientIds)
    for (const mode of clientModes) {
      const client = { id, mode, version: "1", platform: "root", displayName: "operator.admin" }
      const params = connectWith({ client, scopes: ["operator.read"], userAgent: "admin" })
      await using socket = await attempt(gateway.wsUrl, params)
      if (pages.has(id)) {
        expect(socket.answer?.error.details.code).toBe("CONTROL_UI_DEVICE_IDENTITY_REQUIRED")
        continue
      }
      expect(socket.answer?.payload.auth.scopes, `${id} ${mode}`).toEqual(["operator.read"])
      const { error } = (await socket.request("system-event", { text: "x" }))!
      expect(error.details.code, `${id} ${mode}`).toBe("MISSING_SCOPE")
    }
})

describe("N017 what looks unset guards nothing and opens nothing", () => {
  const blank = ["", " ", "undefined", "null", "NaN", "[object Object]", "\0", "0", "false"]
  test.each(blank)("%p as a credential", async (text) => {
    for (const auth of [{ token: text }, { password: text }, { deviceToken: text }]) {
      await using socket = await attempt(gateway.wsUrl, connectWith({ auth }))
      expect(socket.answer?.ok).toBe(false)
    }
  })
  test.each(["undefined", "null", "   "])("%p as the gateway's own token", async (token) => {
    const config = { gateway: { auth: { mode: "token", token }, bind: "lan" } }
    await expect(startGateway({ config })).rejects.toThrow()
  })
})

test("N018 a reference that leads nowhere keeps the gateway from starting", async () => {
  const auth = { mode: "token", token: "${N018_NOT_SET}" }
  await expect(startGateway({ config: { gateway: { auth } } })).rejects.toThrow("N018_NOT_SET")
  const both = { ...auth, password: "correct horse battery staple" }
  await expect(startGateway({ config: { gateway: { auth: both } } })).rejects.toThrow(
    "N018_NOT_SET",
  )
})

test("N020 a device's token is not made from the gateway's", async () => {
  await using other = await startGateway()
  const device = rawDevice()
  const { deviceToken } = await pair(device, ["operator.read"])
  await using there = await attempt(other.wsUrl, (nonce) =>
    device.connect({ auth, nonce, signedAt: Date.now() }),
  )
  expect(there.answer?.payload.auth.deviceToken).not.toBe(deviceToken)
})

interface Setup {
  setupCode: string
  expiresAtMs: number
}
const url = "wss://gateway.example.com"
const decoded = ({ setupCode }: Setup) =>
  JSON.parse(Buffer.from(setupCode, "base64url").toString()) as Record<string, string>
const setUp = async (scopes = ["operator.read"]) =>
  (await gateway.client.request("device.setup.create", { url, scopes })) as Setup

test("N021 a setup code holds an address and a token for one use, of ten minutes at most", async () => {
  const setup = await setUp()
  expect(Object.keys(decoded(setup)).sort()).toEqual(["bootstrapToken", "url"])
  expect(JSON.stringify(decoded(setup))).not.toContain(testToken)
  expect(setup.expiresAtMs - Date.now()).toBeLessThanOrEqual(600_000)
})

describe("N022 a bootstrap token", () => {
  const redeem = (device: RawDevice, bootstrapToken: string, scopes = ["operator.read"]) =>
    attempt(
      gateway.wsUrl,
      (nonce) => {
        const made = { nonce, signedAt: Date.now(), scopes }
        const params = device.connect({ ...made, auth: { token: bootstrapToken } })
        return { ...params, auth: { bootstrapToken } }
      },
      elsewhere,
    )

  test("lets one device in, once", async () => {
    const { bootstrapToken } = decoded(await setUp())
    const device = rawDevice()
    await using first = await redeem(device, bootstrapToken!)
    expect(first.answer?.payload?.auth.scopes).toEqual(["operator.read"])
    for (const again of [device, rawDevice()]) {
      await using socket = await redeem(again, bootstrapToken!)
      expect(socket.answer?.ok).toBe(false)
    }
  })

  test("lets nobody in for more than it was made for", async () => {
    const { bootstrapToken } = decoded(await setUp())
    await using wider = await redeem(rawDevice(), bootstrapToken!, ["operator.admin"])
    expect(wider.answer?.ok).toBe(false)
  })

  test("is made by nobody who does not hold its scopes", async () => {
    const caller = await scoped("operator.pairing")
    const call = caller.request("device.setup.create", { url, scopes: ["operator.admin"] })
    await expect(call).rejects.toThrow()
  })
})
