import { expect, test } from "bun:test"
import fc from "fast-check"
import { headerOf, linesOf, readTranscript } from "../../src/sessions/export.ts"
import { keepSessions } from "../support/sessions.ts"

const written = async (...words: string[]) => {
  using kept = keepSessions()
  const session = await kept.talk("agent:main:a", ...words)
  const { entries } = await kept.directory.after(session.sessionId, 0, 100)
  return [JSON.stringify(headerOf(session)), ...linesOf(entries, null)]
}

test("what was exported comes back as it was", async () => {
  const words = ["one", "two \u2028 '\"\\", "=cmd()", "\ud83d\ude00"]
  const { header, messages } = readTranscript(await written(...words))
  expect(header).toMatchObject({ key: "agent:main:a", agentId: "main", version: 1 })
  expect(messages).toHaveLength(4)
  using kept = keepSessions()
  const session = await kept.directory.restore({
    key: "agent:main:b",
    agentId: "main",
    label: null,
    messages,
  })
  const { entries } = await kept.directory.after(session.sessionId, 0, 100)
  expect(entries.map(({ message }) => message)).toEqual(messages)
  expect(entries.every(({ runId }) => runId === null)).toBe(true)
  expect(session).toMatchObject({ title: "one", overrides: {} })
})

const broken: [string, (lines: string[]) => string[], number][] = [
  ["is empty", () => [" "], 1],
  ["has no header", (lines) => lines.slice(1), 1],
  [
    "has a header of a later version",
    ([head, ...rest]) => [head!.replace('"version":1', '"version":2'), ...rest],
    1,
  ],
  ["has half a line", (lines) => lines.with(2, lines[2]!.slice(0, 30)), 3],
  [
    "has a message of no kind",
    (lines) => lines.with(2, lines[2]!.replace('"assistant"', '"root"')),
    3,
  ],
  ["lacks a message", (lines) => lines.toSpliced(2, 1), 3],
  ["has them in another order", ([head, a, b, c]) => [head!, b!, a!, c!], 2],
  ["has one twice", (lines) => lines.toSpliced(2, 0, lines[1]!), 3],
]

test.each(broken)("a file that %s is refused by the line", async (_, spoil, line) => {
  const lines = spoil(await written("one", "two", "three"))
  expect(() => readTranscript(lines)).toThrow(
    expect.objectContaining({
      code: "sessions.bad-import",
      data: expect.objectContaining({ line }),
    }),
  )
})

test("any text is a transcript or refused by name", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 5 }), (lines) => {
      expect(() => readTranscript(lines)).toThrow(
        expect.objectContaining({ code: "sessions.bad-import" }),
      )
    }),
  )
})

test("nothing is imported over a session that is there", async () => {
  using kept = keepSessions()
  await kept.talk("agent:main:a", "mine")
  const transcript = { key: "agent:main:a", agentId: "main", label: null, messages: [] }
  await expect(kept.directory.restore(transcript)).rejects.toMatchObject({
    code: "sessions.exists",
  })
})
