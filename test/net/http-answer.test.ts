import { expect, test } from "bun:test"
import fc from "fast-check"
import { AnswerReader, GarbledAnswer } from "../../src/net/http-answer.ts"

const bytes = (text: string) => Buffer.from(text, "latin1")

/** Reads an answer cut at these places. `ends`: the connection is closed after it. */
const read = (text: string, { cuts = [] as number[], ends = false } = {}) => {
  const reader = new AnswerReader()
  const whole = bytes(text)
  let body = ""
  let from = 0
  for (const at of [...cuts.toSorted((a, b) => a - b), whole.length]) {
    if (at > from) body += Buffer.from(reader.read(whole.subarray(from, at))).toString("latin1")
    from = Math.max(from, at)
  }
  if (ends) reader.end()
  const { head, done, reusable } = reader
  return { status: head?.status, headers: head && [...head.headers], body, done, reusable }
}

const chunked = (parts: readonly string[], trailers = "") =>
  `${parts.map((part) => `${part.length.toString(16)};name="value"\r\n${part}\r\n`).join("")}0\r\n${trailers}\r\n`

const answers: [string, string, { body: string; reusable: boolean; ends?: boolean }][] = [
  [
    "a length",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    { body: "hello", reusable: true },
  ],
  [
    "chunks and trailers",
    `HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n${chunked(["hel", "lo"], "x-sum: 1\r\n")}`,
    { body: "hello", reusable: true },
  ],
  [
    "no length",
    "HTTP/1.1 200 OK\r\nx: y\r\n\r\nhello",
    { body: "hello", reusable: false, ends: true },
  ],
  ["nothing", "HTTP/1.1 204 No Content\r\n\r\n", { body: "", reusable: true }],
  [
    "nothing, by its length",
    "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n",
    { body: "", reusable: true },
  ],
  [
    "words on the way",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno",
    { body: "no", reusable: true },
  ],
  [
    "a last answer",
    "HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 2\r\n\r\nok",
    { body: "ok", reusable: false },
  ],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", { body: "ok", reusable: false }],
  [
    "an answer and what nobody asked for",
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n",
    { body: "ok", reusable: false },
  ],
]

for (const [name, text, { ends, ...expected }] of answers)
  test(`${name} is read the same wherever it is cut`, () => {
    const whole = read(text, { ends })
    expect(whole).toMatchObject({ ...expected, done: true })
    const places = fc.array(fc.nat(text.length), { maxLength: 12 })
    fc.assert(fc.property(places, (cuts) => expect(read(text, { cuts, ends })).toEqual(whole)))
    const each = Array.from(text, (_, at) => at)
    expect(read(text, { cuts: each, ends })).toEqual(whole)
  })

test("any body comes whole through any chunks and any cuts", () => {
  const parts = fc.array(fc.string({ minLength: 1, maxLength: 40, unit: "binary-ascii" }))
  fc.assert(
    fc.property(parts, fc.array(fc.nat(2000)), (parts, cuts) => {
      const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
      const { body, done } = read(`${head}${chunked(parts)}`, { cuts })
      expect({ body, done }).toEqual({ body: parts.join(""), done: true })
    }),
  )
})

const refused: [string, string][] = [
  ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
  ["a change of protocol", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"],
  ["a status of no number", "HTTP/1.1 abc OK\r\n\r\n"],
  ["lines that end by LF alone", "HTTP/1.1 200 OK\nx: y\n\r\n\r\n"],
  ["a folded header", "HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n"],
  ["a space before the colon", "HTTP/1.1 200 OK\r\ncontent-length : 3\r\n\r\nabc"],
  ["a null in a header", "HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd"],
  ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
  ["a length with a sign", "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\na"],
  [
    "a length and chunks",
    "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["another coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
  ["a chunk of no size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"],
  ["a chunk of a negative size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n"],
  ["a chunk of 0x1", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\na\r\n"],
  [
    "a chunk longer than it says",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
  ],
  [
    "a size too large to count",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
  ],
  ["a head that does not end", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}`],
  ["a head that is too long", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}\r\n\r\n`],
  [
    "a size that does not end",
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${"x".repeat(2000)}`,
  ],
  [
    "trailers that do not end",
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${`x: ${"y".repeat(900)}\r\n`.repeat(50)}`,
  ],
]

for (const [name, text] of refused)
  test(`${name} is refused, wherever it is cut`, () => {
    expect(() => read(text)).toThrow(GarbledAnswer)
    const places = fc.array(fc.nat(text.length), { maxLength: 8 })
    fc.assert(
      fc.property(places, (cuts) => expect(() => read(text, { cuts })).toThrow(GarbledAnswer)),
    )
  })

test("whatever comes is read or refused, and never anything else", () => {
  const noise = fc.oneof(
    fc.string({ unit: "binary-ascii" }),
    fc.constantFrom(
      "HTTP/1.1 200 OK\r\n",
      "transfer-encoding: chunked\r\n",
      "\r\n",
      "0\r\n",
      "5\r\n",
    ),
  )
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 20 }), (parts) => {
      try {
        read(parts.join(""), { ends: true })
      } catch (error) {
        expect(error).toBeInstanceOf(GarbledAnswer)
      }
    }),
  )
})

test("an answer that ends too early is not taken for a whole one", () => {
  for (const text of [
    "",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
  ])
    expect(() => read(text, { ends: true })).toThrow(GarbledAnswer)
})
