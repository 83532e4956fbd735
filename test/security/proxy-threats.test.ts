/** threats.md A3: proxies, Tailscale, paths. Against the running gateway. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startGateway, temporaryHome, testToken, type TestGateway } from "../support/gateway.ts"
import { openRoutes } from "../support/open-routes.ts"
import { rawDevice } from "../support/raw-device.ts"
import { headerLines, rawHttp, upgradeHeaders } from "../support/raw-http.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

const auth = { token: testToken }
const page = { id: "fased-control-ui", version: "1", platform: "linux", mode: "webchat" }
const noDevice = "NOT_PAIRED DEVICE_IDENTITY_REQUIRED 1008"
const pairing = "NOT_PAIRED PAIRING_REQUIRED 1008"

const knock = (
  { wsUrl }: TestGateway,
  headers: Record<string, string>,
  fields: { auth?: object; role?: string } = {},
) => {
  const device = rawDevice()
  return attempt(
    wsUrl,
    (nonce) => device.connect({ auth, nonce, signedAt: Date.now(), ...fields }),
    headers,
  )
}

const trusted = (gateway: object = {}) =>
  startGateway({ config: { gateway: { trustedProxies: ["127.0.0.1"], ...gateway } } })

const spoken: Record<string, string>[] = [
  { "x-forwarded-for": "127.0.0.1" },
  { "x-forwarded-for": "" },
  { forwarded: "for=127.0.0.1" },
  { "x-real-ip": "127.0.0.1" },
  { "x-forwarded-host": "localhost" },
  { "x-forwarded-proto": "http" },
  { via: "1.1 nginx" },
  { "tailscale-user-login": "ada@example.com" },
  { "cf-connecting-ip": "127.0.0.1" },
]

describe("N050 N055 whoever comes by a proxy is not this machine", () => {
  test.each(spoken)("%o", async (headers) => {
    for (const gateway of [await startGateway(), await trusted()]) {
      await using running = gateway
      await using backend = await attempt(running.wsUrl, connectWith(), headers)
      expect(await refusalOf(backend)).toBe(noDevice)
      await using device = await knock(running, headers)
      expect(await refusalOf(device)).toBe(pairing)
    }
  })
})

describe("N051 the right-most hop that is no proxy of ours is the client", () => {
  const seen = async (gateway: TestGateway, chain: string) => {
    await using socket = await knock(gateway, { "x-forwarded-for": chain })
    const { requestId } = socket.answer!.error.details
    const { pending } = (await gateway.client.request("device.pair.list", {})) as {
      pending: { requestId: string; remoteIp?: string }[]
    }
    return pending.find((one) => one.requestId === requestId)?.remoteIp
  }

  test.each([
    ["127.0.0.1, 1.2.3.4", "1.2.3.4"],
    ["10.0.0.1, 1.2.3.4, 127.0.0.1", "1.2.3.4"],
    ["::1, 2001:db8::7", "2001:db8::7"],
    ["1.2.3.4:5678", "1.2.3.4"],
  ])("%s: %s", async (chain, client) => {
    await using gateway = await trusted()
    expect(await seen(gateway, chain)).toBe(client)
  })

  test.each([
    ["no address", "not-an-address"],
    ["an empty hop at the end", "1.2.3.4,"],
    ["a name", "localhost"],
    ["a hundred hops", Array.from({ length: 100 }, () => "127.0.0.1").join(", ")],
    ["a number that is an address to some", "2130706433"],
    ["an octal address", "0177.0.0.1"],
  ])("%s gives nobody's rights", async (_, chain) => {
    await using gateway = await trusted()
    await using backend = await attempt(gateway.wsUrl, connectWith(), { "x-forwarded-for": chain })
    expect(await refusalOf(backend)).toBe(noDevice)
    expect(await seen(gateway, chain)).toBe("127.0.0.1")
  })
})

const proxyMode = {
  bind: "custom",
  customBindHost: "0.0.0.0",
  controlUi: { enabled: true, allowedOrigins: ["https://fased.example"] },
  auth: {
    mode: "trusted-proxy",
    token: testToken,
    trustedProxy: { userHeader: "x-forwarded-user", allowUsers: ["ada"] },
  },
}

describe("N052 a proxy's headers count from the proxy only", () => {
  const headers = { "x-forwarded-user": "ada", "x-forwarded-for": "203.0.113.7" }
  test("not from a program on this machine", async () => {
    await using gateway = await startGateway({
      config: { gateway: { ...proxyMode, trustedProxies: ["192.0.2.1"] } },
    })
    for (const given of [headers, { "x-forwarded-user": "ada" }]) {
      await using socket = await attempt(gateway.wsUrl, connectWith({ auth: {} }), given)
      expect(socket.answer?.ok).toBe(false)
      await using asPage = await attempt(
        gateway.wsUrl,
        connectWith({ auth: {}, client: page }),
        given,
      )
      expect(asPage.answer?.ok).toBe(false)
    }
  })

  test("from the proxy they do, for the users it may bring", async () => {
    await using gateway = await trusted(proxyMode)
    const connect = connectWith({ auth: {}, client: page })
    await using ada = await attempt(gateway.wsUrl, connect, headers)
    expect(await refusalOf(ada)).toBe("let in")
    for (const user of ["eve", "Ada", "ada,eve", " ", "ada\u00a0"]) {
      await using other = await attempt(gateway.wsUrl, connect, {
        ...headers,
        "x-forwarded-user": Buffer.from(user).toString("latin1"),
      })
      expect(other.answer?.ok, user).toBe(false)
    }
  })

  test("N054 a node brought by the proxy still needs to be paired", async () => {
    await using gateway = await trusted(proxyMode)
    await using node = await knock(gateway, headers, { auth: {}, role: "node" })
    expect(await refusalOf(node)).toBe(pairing)
    await using without = await attempt(
      gateway.wsUrl,
      connectWith({ auth: {}, role: "node" }),
      headers,
    )
    expect(await refusalOf(without)).toBe(noDevice)
  })
})

describe("Tailscale", () => {
  const serve = {
    "tailscale-user-login": "ada@example.com",
    "x-forwarded-for": "100.101.102.103",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "fased.tail1234.ts.net",
  }
  /** A `tailscale` that knows one address. */
  const withTailscale = async (login: string) => {
    const home = await temporaryHome()
    const bin = join(home.path, "bin")
    mkdirSync(bin)
    const known = JSON.stringify({ UserProfile: { LoginName: login } })
    const script = `#!/bin/sh\n[ "$3" = 100.101.102.103 ] && echo '${known}' || exit 1\n`
    writeFileSync(join(bin, "tailscale"), script)
    chmodSync(join(bin, "tailscale"), 0o755)
    const gateway = await startGateway({
      config: { gateway: { auth: { mode: "token", token: testToken, allowTailscale: true } } },
      env: { PATH: `${bin}:/usr/bin:/bin` },
    })
    return Object.assign(gateway, { bin: home })
  }

  test("N052 what its headers say counts only when tailscale itself agrees", async () => {
    await using liar = await withTailscale("eve@example.com")
    await using refused = await knock(liar, serve, { auth: {} })
    expect(refused.answer?.error.details.code).toBe("AUTH_TAILSCALE_IDENTITY_MISMATCH")
    await using gateway = await withTailscale("ada@example.com")
    await using stranger = await knock(
      gateway,
      { ...serve, "x-forwarded-for": "100.99.98.97" },
      { auth: {} },
    )
    expect(stranger.answer?.error.details.code).toBe("AUTH_TAILSCALE_WHOIS_FAILED")
    await using half = await knock(
      gateway,
      { "tailscale-user-login": "ada@example.com" },
      { auth: {} },
    )
    expect(half.answer?.error.details.code).toBe("AUTH_TAILSCALE_PROXY_MISSING")
    await using ada = await knock(gateway, serve, { auth: {} })
    expect(await refusalOf(ada)).toBe(pairing)
    for (const one of [liar, gateway]) await one.bin[Symbol.asyncDispose]()
  })

  test("N053 its word opens no HTTP route", async () => {
    await using gateway = await withTailscale("ada@example.com")
    for (const { method, path } of gateway.running.routes) {
      if (`${method} ${path}` in openRoutes) continue
      const url = new URL(path.replace(/:\w+|\*/g, "x"), gateway.running.url)
      const response = await fetch(url, { method, headers: serve, redirect: "manual" })
      expect(response.status, path).toBeGreaterThanOrEqual(400)
    }
    const ready = await fetch(`${gateway.running.url}ready`, { headers: serve })
    expect(await ready.text()).not.toContain("uptime")
    await gateway.bin[Symbol.asyncDispose]()
  })
})

describe("N057 a path is judged as it is served", () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway[Symbol.asyncDispose]())
  const secret = `GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`

  /** However the API's name is written, no page answers in its place and nothing is opened. */
  const written = [
    "/v1/models",
    "/V1/models",
    "//v1/models",
    "/./v1/models",
    "/x/../v1/models",
    "/%76%31/models",
    "/v1%2fmodels",
    "/v1%252fmodels",
    `/v1%${"25".repeat(9)}2fmodels`,
    "/..%2fv1/models",
    "/v1;x/models",
    "/v1./models",
    "/ｖ1/models",
    "/v1\\models",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%5c..%5cetc/passwd",
    "/../../../../etc/passwd",
    "/%00",
    "/tools/invoke",
    "/hooks/wake",
    "/api/channels/x",
  ]
  test.each(written)("%s", async (path) => {
    const { status, text } = await rawHttp(
      gateway.running.port,
      secret.replace("%s", Buffer.from(path).toString("latin1")),
    )
    expect(text).not.toContain("root:")
    // The page is the same for everyone; an answer of the API would be JSON.
    if (status === 200) expect(text).toContain("text/html")
    else expect([308, 400, 401, 403, 404, 405]).toContain(status)
  })
})

describe("N058 a request that could be read in two ways is refused", () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway[Symbol.asyncDispose]())
  const post = (headers: string, body = "") =>
    `POST /health HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n\r\n${body}`
  const smuggled = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

  test.each([
    ["two lengths", post("Content-Length: 5\r\nContent-Length: 6", "hello!")],
    ["a length and chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n")],
    [
      "chunks that are not the last coding",
      post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
    ],
    ["a length that is no number", post("Content-Length: +5", "hello")],
    ["a folded header", `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n`],
    ["a space before the colon", `GET /health HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n`],
    ["CONNECT", `CONNECT example.com:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["two hosts", `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n`],
    ["no host", "GET /health HTTP/1.1\r\n\r\n"],
    ["another scheme", `GET file:///etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`],
    ["lines that end without a carriage return", "GET /health HTTP/1.1\nHost: 127.0.0.1\n\n"],
    ["a carriage return in a header", post("X: a\rContent-Length: 5", "hello")],
    ["a zero byte in a header", post("X: a\0b")],
    ["chunks in HTTP/1.0", post("Transfer-Encoding: chunked", "0\r\n\r\n").replace("1.1", "1.0")],
  ])("%s", async (_, text) => {
    const { status, closed } = await rawHttp(gateway.running.port, text)
    expect(closed || status >= 400).toBe(true)
    expect(status).not.toBe(101)
  })

  test.each(["0x2", "-2", "+2", "2 ", "fffffffffffffffff", "2\n{}"])(
    "a chunk whose length is %j ends the connection, and what follows is not heard",
    async (length) => {
      const headers = `Authorization: Bearer ${testToken}\r\nTransfer-Encoding: chunked`
      const body = `${length}\r\n{}\r\n0\r\n\r\n${smuggled}`
      const request = post(headers, body).replace("/health", "/tools/invoke")
      const { status, text } = await rawHttp(gateway.running.port, request, /live/)
      expect(status).toBe(400)
      expect(text).not.toContain("live")
    },
  )

  test("a whole address in place of a path leads no further than its path", async () => {
    const ask = async (target: string, host: string) => {
      const request = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
      return (await rawHttp(gateway.running.port, request)).status
    }
    expect(await ask("http://127.0.0.1/health", "evil.example")).toBe(421)
    expect(await ask("http://evil.example/metrics", "127.0.0.1")).toBe(401)
    expect(await ask("http://127.0.0.1/metrics", "127.0.0.1")).toBe(401)
  })

  test("nothing is upgraded to HTTP/2, nor to a socket by a list that has one", async () => {
    const settings = { Host: "127.0.0.1", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA" }
    for (const upgrade of ["h2c", "h2c, websocket"]) {
      const headers = headerLines({ ...upgradeHeaders, ...settings, Upgrade: upgrade })
      const request = `GET /health HTTP/1.1\r\n${headers}\r\n`
      const { status } = await rawHttp(gateway.running.port, request)
      expect(status).not.toBe(101)
    }
  })

  test("what hides in a body is never a request of its own", async () => {
    const hidden = post(`Connection: close\r\nContent-Length: ${smuggled.length}`, smuggled)
    const { text } = await rawHttp(gateway.running.port, hidden, /live/)
    expect(text).not.toContain("live")
  })

  test("an upgrade in HTTP/1.0, which Bun takes, is a stranger like any other", async () => {
    const headers = headerLines({ Host: "127.0.0.1", ...upgradeHeaders })
    const { text } = await rawHttp(
      gateway.running.port,
      `GET / HTTP/1.0\r\n${headers}\r\n`,
      /connect.challenge.*\}\}/,
    )
    expect(text).toContain("connect.challenge")
    expect(text).not.toMatch(/"ok":true|hello-ok/)
  })
})
