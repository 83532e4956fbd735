import { afterAll, beforeAll, expect, test } from "bun:test"
import { startGateway, type TestGateway } from "../support/gateway.ts"
import { headerLines, rawHttp, upgradeHeaders } from "../support/raw-http.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const Host = "127.0.0.1"
const upgrade = (more: Record<string, string | undefined> = {}, line = "GET / HTTP/1.1") =>
  `${line}\r\n${headerLines({ Host, ...upgradeHeaders, ...more })}\r\n`

// What Bun answers by itself is written down here, so that another version's change is seen.
test.each([
  ["a whole handshake", upgrade(), 101],
  ["other words beside Upgrade in Connection", upgrade({ Connection: "keep-alive, Upgrade" }), 101],
  ["no Connection header", upgrade({ Connection: undefined }), 400],
  ["Connection: keep-alive", upgrade({ Connection: "keep-alive" }), 400],
  ["Connection: upgraded", upgrade({ Connection: "upgraded" }), 400],
  ["no key", upgrade({ "Sec-WebSocket-Key": undefined }), 400],
  ["a key that is none", upgrade({ "Sec-WebSocket-Key": "x" }), 400],
  ["no version", upgrade({ "Sec-WebSocket-Version": undefined }), 426],
  ["an old version", upgrade({ "Sec-WebSocket-Version": "8" }), 426],
  ["POST", upgrade({ "Content-Length": "0" }, "POST / HTTP/1.1"), 400],
  ["a body", `${upgrade({ "Content-Length": "3" })}abc`, 400],
  ["a chunked body", `${upgrade({ "Transfer-Encoding": "chunked" })}0\r\n\r\n`, 400],
  ["h2c beside websocket", upgrade({ Upgrade: "h2c, websocket" }), 200],
])("an upgrade with %s gets %p", async (_, text, status) => {
  expect((await rawHttp(gateway.running.port, text)).status).toBe(status)
})

const plain = (lines: string, more = "") => `${lines}\r\nHost: 127.0.0.1\r\n${more}\r\n`
test.each([
  [
    "Content-Length and Transfer-Encoding",
    plain("POST /health HTTP/1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
    400,
  ],
  [
    "two different Content-Lengths",
    plain("POST /health HTTP/1.1", "Content-Length: 5\r\nContent-Length: 6\r\n"),
    400,
  ],
  ["a negative Content-Length", plain("POST /health HTTP/1.1", "Content-Length: -1\r\n"), 400],
  ["a gigabyte announced", plain("POST /health HTTP/1.1", "Content-Length: 1073741824\r\n"), 413],
  ["a folded header", plain("GET /health HTTP/1.1", "X-A: b\r\n  c\r\n"), 400],
  ["a space before the colon", "GET /health HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n", 400],
  ["a NUL in a header", plain("GET /health HTTP/1.1", "X-A: a\0b\r\n"), 400],
  ["bare line feeds", "GET /health HTTP/1.1\nHost: 127.0.0.1\n\n", 505],
  ["40 KB of headers", plain("GET /health HTTP/1.1", `X-A: ${"a".repeat(40_000)}\r\n`), 431],
  ["the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["CONNECT", plain("CONNECT evil.test:443 HTTP/1.1"), 405],
  ["OPTIONS *", plain("OPTIONS * HTTP/1.1"), 400],
  [
    "h2c",
    plain(
      "GET /health HTTP/1.1",
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    ),
    200,
  ],
  // The target names another machine, but nothing is fetched from it: the Host header is what counts.
  ["an absolute target", plain("GET http://evil.test/health HTTP/1.1"), 200],
  ["HTTP/1.0 without a Host", "GET /health HTTP/1.0\r\n\r\n", 421],
  ["HTTP/1.1 without a Host", "GET /health HTTP/1.1\r\n\r\n", 400],
])("%s gets an answer by the book", async (_, text, status) => {
  const answer = await rawHttp(gateway.running.port, text)
  expect(answer.status).toBe(status)
})

const paths = [
  "/health/",
  "//health",
  "/./health",
  "/x/../health",
  "/%2e/health",
  "/%68ealth",
  "/health%2f",
  "/health%00",
  "/HEALTH",
  "/health;x",
  "/health.",
  "/health%252f",
  "/..%2fhealth",
  "/health?x",
  "/health#x",
  `/${"%25".repeat(9)}2fhealth`,
  "/%",
  "/%ff",
]
test("odd spellings of a path never break the gateway, nor reach what the plain one would not", async () => {
  for (const path of paths)
    for (const method of ["GET", "POST", "DELETE"]) {
      const { status, text } = await rawHttp(
        gateway.running.port,
        plain(`${method} ${path} HTTP/1.1`),
      )
      expect([200, 308, 400, 404, 405], `${method} ${path}`).toContain(status)
      expect(text).not.toContain("    at ")
    }
  expect((await gateway.client.request("health", {})) as object).toMatchObject({ ok: true })
})

test("a frame in a hundred thousand pieces is one frame, and counts as one", async () => {
  const piece = (last: boolean, first: boolean) => {
    const head = (last ? 0x80 : 0) | (first ? 1 : 0)
    return String.fromCharCode(head, 0x81, 0, 0, 0, 0) + "x"
  }
  const pieces = piece(false, true) + piece(false, false).repeat(99_998) + piece(true, false)
  const { text } = await rawHttp(gateway.running.port, upgrade() + pieces, /frame too large/)
  expect(text).toContain("\x03\xf1frame too large before sign-in")
})

test("a frame that announces 64 MiB is refused by its head alone", async () => {
  const head = String.fromCharCode(0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0)
  const { closed } = await rawHttp(gateway.running.port, upgrade() + head, /never/)
  expect(closed).toBe(true)
})

test.each([
  ["an unmasked frame", "\x81\x02{}"],
  ["a reserved bit", "\xc1\x82\0\0\0\0{}"],
  ["an opcode nobody knows", "\x83\x82\0\0\0\0{}"],
  ["a ping longer than a ping may be", `\x89\xfe\x00\x7e\0\0\0\0${"x".repeat(126)}`],
  ["a piece of nothing", "\x80\x82\0\0\0\0{}"],
  ["text that is no UTF-8", "\x81\x82\0\0\0\0\xff\xfe"],
])("a socket that sends %s is closed", async (_, frame) => {
  const { closed, text } = await rawHttp(gateway.running.port, upgrade() + frame, /never/)
  expect(closed).toBe(true)
  expect(text).not.toContain('"ok":true')
})

test("compression is not negotiated, so that nothing can be blown up", async () => {
  const offer = upgrade({
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
  })
  const { status, text } = await rawHttp(gateway.running.port, offer)
  expect(status).toBe(101)
  expect(text.toLowerCase()).not.toContain("sec-websocket-extensions")
})
