/**
 * Two parties that count a body differently can be made to see different requests. Whatever is
 * ambiguous gets one refusal and the end of the connection; what hides behind it is never answered.
 */
import { afterAll, beforeAll, expect, test } from "bun:test"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawHttp } from "../support/raw-http.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const head = (more: string, line = "POST /tools/invoke HTTP/1.1") =>
  `${line}\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${testToken}\r\n${more}\r\n`
const hidden = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
const chunked = "0\r\n\r\n"

/** Everything that came back until the other side closed, or half a second of silence after it. */
const answers = async (text: string) => {
  const { text: got, closed } = await rawHttp(gateway.running.port, text, /\blive\b/)
  return {
    statuses: [...got.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, s]) => Number(s)),
    got,
    closed,
  }
}

test.each([
  ["CL.TE", head("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n") + chunked + hidden],
  [
    "TE.CL",
    head("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + `1\r\nx\r\n${chunked}` + hidden,
  ],
  ["two lengths", head("Content-Length: 0\r\nContent-Length: 40\r\n") + hidden],
  ["a list of lengths", head("Content-Length: 0, 40\r\n") + hidden],
  ["a signed length", head("Content-Length: +0\r\n") + hidden],
  ["a length in hex", head("Content-Length: 0x0\r\n") + hidden],
  ["a length with a space in it", head("Content-Length: 0 0\r\n") + hidden],
  ["TE identity, chunked", head("Transfer-Encoding: identity, chunked\r\n") + chunked + hidden],
  ["TE chunked, identity", head("Transfer-Encoding: chunked, identity\r\n") + chunked + hidden],
  ["TE xchunked", head("Transfer-Encoding: xchunked\r\n") + chunked + hidden],
  [
    "TE twice",
    head("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + chunked + hidden,
  ],
  ["TE with a tab before the colon", head("Transfer-Encoding\t: chunked\r\n") + chunked + hidden],
  ["TE behind a folded line", head("X: y\r\n Transfer-Encoding: chunked\r\n") + chunked + hidden],
  ["TE behind a bare CR", head("X: y\rTransfer-Encoding: chunked\r\n") + chunked + hidden],
  ["TE behind a NUL", head("X: y\0\r\nTransfer-Encoding: chunked\r\n") + chunked + hidden],
  ["a chunk size that is negative", head("Transfer-Encoding: chunked\r\n") + `-1\r\n\r\n${hidden}`],
  [
    "a chunk size that overflows",
    head("Transfer-Encoding: chunked\r\n") + `ffffffffffffffff1\r\nx\r\n${hidden}`,
  ],
  [
    "a chunk size that is no number",
    head("Transfer-Encoding: chunked\r\n") + `zz\r\nx\r\n${hidden}`,
  ],
  ["a chunk longer than it says", head("Transfer-Encoding: chunked\r\n") + `1\r\nxyz\r\n${hidden}`],
])("%s hides no request", async (_, text) => {
  const { statuses, got } = await answers(text)
  expect(got).not.toContain('"live"')
  expect(statuses.length).toBeLessThanOrEqual(1)
  for (const status of statuses) expect([400, 408, 411, 413, 501]).toContain(status)
})

test("requests one after the other on a connection are each answered, in order", async () => {
  const first = head("Content-Length: 2\r\n") + "{}"
  const { statuses, got } = await answers(first + hidden)
  expect(statuses).toEqual([400, 200])
  expect(got.indexOf("gateway.bad-body")).toBeLessThan(got.indexOf('"live"'))
})

test("a body that nobody reads is not taken for the next request", async () => {
  const body = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: `
  const bare = `POST /tools/invoke HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n`
  const { statuses } = await answers(bare + body + hidden)
  expect(statuses[0]).toBe(401)
  expect(statuses.length).toBeLessThanOrEqual(2)
  expect(statuses.slice(1).every((status) => status === 200)).toBe(true)
})
