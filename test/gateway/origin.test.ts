import { describe, expect, test } from "bun:test"
import { hostName, isLocalDirect, isLoopback } from "../../src/gateway/locality.ts"
import { gateway as gatewaySection } from "../../src/gateway/config.ts"
import { hostAllowed, hostRules, originAllowed } from "../../src/gateway/origin.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { headerLines, rawHttp, upgradeHeaders } from "../support/raw-http.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

const password = "correct horse battery staple"
const modes = [
  ["token", {}, { token: testToken }],
  [
    "password",
    {
      config: { gateway: { auth: { mode: "password", password } } },
      client: { token: undefined, password },
    },
    { password },
  ],
  ["none", { start: { auth: "none" }, client: { token: undefined } }, undefined],
] as const

const refused = "INVALID_REQUEST CONTROL_UI_ORIGIN_NOT_ALLOWED 1008"
const foreign = (port: number) => [
  "https://evil.test",
  `http://evil.test:${port}`,
  "null",
  "",
  "file://",
  "http://127.0.0.1:9",
  "http://localhost:9",
  "http://127.0.0.1",
  `https://127.0.0.1:${port}`,
  `http://localhost.evil.test:${port}`,
  `http://127.0.0.1.evil.test:${port}`,
  `http://127.0.0.1:${port}.evil.test`,
  `http://evil@127.0.0.1:${port}`,
  `http://127.0.0.1:${port}/`,
  `http://127.0.0.1:${port}#x`,
  `HTTP://127.0.0.1:${port}`,
  `http://192.168.1.7:${port}`,
  "chrome-extension://abcdefgh",
]
const own = (port: number) => [
  `http://127.0.0.1:${port}`,
  `http://localhost:${port}`,
  `http://[::1]:${port}`,
  `http://127.9.9.9:${port}`,
]
const forwarding: (Record<string, string> | undefined)[] = [
  undefined,
  { "x-forwarded-for": "127.0.0.1" },
  { forwarded: "for=_x" },
]

describe.each(modes)("auth %s", (_, options, auth) => {
  test("a page of another origin cannot connect, with proxy headers or without", async () => {
    await using gateway = await startGateway(options as Parameters<typeof startGateway>[0])
    for (const origin of foreign(gateway.running.port))
      for (const more of forwarding) {
        await using socket = await attempt(gateway.wsUrl, connectWith({ auth }), {
          origin,
          ...more,
        })
        expect(await refusalOf(socket), `${origin} ${JSON.stringify(more)}`).toBe(refused)
      }
  })

  test("the gateway's own page can, but not through a proxy nobody vouched for", async () => {
    await using gateway = await startGateway(options as Parameters<typeof startGateway>[0])
    for (const origin of own(gateway.running.port)) {
      await using socket = await attempt(gateway.wsUrl, connectWith({ auth }), { origin })
      expect(await refusalOf(socket), origin).toBe("let in")
      await using proxied = await attempt(gateway.wsUrl, connectWith({ auth }), {
        origin,
        via: "1.1 x",
      })
      expect(await refusalOf(proxied), origin).toBe(refused)
    }
  })
})

test("an allowed origin may connect, and no origin like it", async () => {
  const controlUi = { allowedOrigins: ["https://fased.example/", "http://10.0.0.5:8080"] }
  await using gateway = await startGateway({ config: { gateway: { controlUi } } })
  const rows: [string, string][] = [
    ["https://fased.example", "let in"],
    ["http://10.0.0.5:8080", "let in"],
    ["https://fased.example:444", refused],
    ["http://fased.example", refused],
    ["https://x.fased.example", refused],
    ["https://fased.example.evil.test", refused],
    ["null", refused],
  ]
  for (const [origin, outcome] of rows) {
    await using socket = await attempt(gateway.wsUrl, connectWith(), { origin })
    expect(await refusalOf(socket), origin).toBe(outcome)
  }
})

const hosts: [host: string | undefined, status: number][] = [
  ["127.0.0.1", 200],
  ["127.0.0.1:5", 200],
  ["localhost", 200],
  ["LOCALHOST:18789", 200],
  ["[::1]:18789", 200],
  ["192.0.2.7", 200],
  ["evil.test", 421],
  ["127.0.0.1.evil.test", 421],
  ["169.254.169.254.nip.io", 421],
  ["localhost.evil.test", 421],
  ["localhost.", 421],
  ["evil.test:80@127.0.0.1", 421],
  ["127.0.0.1@evil.test", 421],
  ["127.0.0.1/evil.test", 421],
  ["127.0.0.1:99999999", 421],
  ["0x7f.1", 421],
  ["2130706433", 421],
  ["localhost, evil.test", 421],
  ["", 421],
  [undefined, 400],
]

test("HTTP and sockets answer to this machine's names only", async () => {
  await using gateway = await startGateway()
  const { port } = gateway.running
  for (const [Host, status] of hosts) {
    const plain = await rawHttp(port, `GET /health HTTP/1.1\r\n${headerLines({ Host })}\r\n`)
    expect(plain.status, `HTTP ${Host}`).toBe(status)
    const headers = headerLines({ Host, ...upgradeHeaders })
    const upgraded = await rawHttp(port, `GET / HTTP/1.1\r\n${headers}\r\n`)
    expect(upgraded.status, `WS ${Host}`).toBe(status === 200 ? 101 : status)
  }
  const twice = await rawHttp(
    port,
    "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.test\r\n\r\n",
  )
  expect(twice.status).toBe(421)
})

test("who comes by another name reads how to allow it; what is no name is not repeated", async () => {
  await using gateway = await startGateway()
  const answerTo = (Host: string) =>
    rawHttp(gateway.running.port, `GET / HTTP/1.1\r\n${headerLines({ Host })}\r\n`)
  const { text } = await answerTo("fased.example:18789")
  expect(text).toContain(
    `fased config set gateway.controlUi.allowedOrigins '["http://fased.example:18789"]'`,
  )
  expect((await answerTo("';curl evil.test;'")).text).not.toContain("curl")
})

test("the names of allowed origins are names of this machine, too", () => {
  const controlUi = gatewaySection.schema.parse({
    controlUi: { allowedOrigins: ["https://fased.example"] },
  }).controlUi
  const rules = hostRules(controlUi, ["box"])
  for (const host of ["fased.example", "fased.example:443", "box:18789"])
    expect(hostAllowed(host, rules)).toBe(true)
  expect(hostAllowed("other.example", rules)).toBe(false)
})

test("origins that are no web page cannot be allowed", () => {
  for (const origin of ["*", "null", "file:///etc", "javascript:alert(1)", "about:blank", "evil"])
    expect(
      gatewaySection.schema.safeParse({ controlUi: { allowedOrigins: [origin] } }).success,
    ).toBe(false)
})

test("trusting the Host header takes whatever name was asked for, and only that", () => {
  const controlUi = gatewaySection.schema.parse({
    controlUi: { dangerouslyAllowHostHeaderOriginFallback: true },
  }).controlUi
  const rules = hostRules(controlUi, [])
  const request = { host: "any.example:80", localDirect: false, port: 80, secure: false }
  expect(hostAllowed("any.example", rules)).toBe(true)
  expect(originAllowed("https://any.example:80", request, rules)).toBe(true)
  expect(originAllowed("https://other.example", request, rules)).toBe(false)
  expect(originAllowed("null", request, rules)).toBe(false)
})

test("local is a loopback peer that asked for a loopback name", () => {
  const asking = (host: string) => new Headers({ host })
  expect(isLocalDirect("127.0.0.1", asking("localhost:1"))).toBe(true)
  expect(isLocalDirect("::1", asking("[::1]"))).toBe(true)
  expect(isLocalDirect("192.168.1.7", asking("localhost"))).toBe(false)
  expect(isLocalDirect("127.0.0.1", asking("box.local"))).toBe(false)
  expect(isLocalDirect("", asking("localhost"))).toBe(false)
  expect(isLocalDirect("127.0.0.1", new Headers())).toBe(false)
})

test.each([
  ["127.0.0.1", true],
  ["127.255.0.9", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["::ffff:10.0.0.1", false],
  ["128.0.0.1", false],
  ["127.0.0.1.evil.test", false],
  ["127.1", false],
  ["", false],
])("%p is loopback: %p", (address, loopback) => {
  expect(isLoopback(address)).toBe(loopback)
})

test("a Host header is one name, perhaps with a port", () => {
  expect(hostName("Box.Local:80")).toBe("box.local")
  expect(hostName("[::1]:80")).toBe("::1")
  for (const host of [null, "", "a b", "a/b", "a@b", "a,b", "a:b", "[::1", "é.test"])
    expect(hostName(host)).toBeUndefined()
})
