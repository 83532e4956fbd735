import { expect, test } from "bun:test"
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { tail, type TailOptions } from "../../src/logs/tail.ts"
import { tail as method } from "../../src/logs/methods.ts"

const series = () => {
  const folder = mkdtempSync(join(tmpdir(), "fased-tail-"))
  const path = (day: number) => join(folder, `fased-2026-01-${String(day).padStart(2, "0")}.log`)
  return {
    path,
    write: (day: number, lines: string[]) => {
      appendFileSync(path(day), lines.map((line) => `${line}\n`).join(""))
      utimesSync(path(day), day * 1000, day * 1000)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
const numbered = (from: number, to: number, prefix = "line") =>
  Array.from({ length: to - from }, (_, i) => `${prefix} ${from + i}`)
const all: TailOptions = { limit: 5_000, maxBytes: 1_000_000 }

test("the newest lines come first, and the cursor gives what is new", () => {
  using logs = series()
  logs.write(1, numbered(0, 1_000))
  const first = tail(logs.path(1), { ...all, limit: 3 })
  expect(first.lines).toEqual(["line 997", "line 998", "line 999"])
  expect(tail(logs.path(1), { ...all, cursor: first.cursor })).toMatchObject({
    lines: [],
    cursor: first.cursor,
  })
  logs.write(1, ["new ü 1", "new 2"])
  const next = tail(logs.path(1), { ...all, cursor: first.cursor })
  expect(next).toMatchObject({ lines: ["new ü 1", "new 2"], file: logs.path(1) })
  expect(next.reset).toBeUndefined()
  expect(next.truncated).toBeUndefined()
})

test("following in small steps loses and repeats nothing", () => {
  using logs = series()
  const lines = numbered(0, 500, "zeile ü")
  logs.write(1, ["start"])
  let { cursor } = tail(logs.path(1), all)
  logs.write(1, lines)
  const seen: string[] = []
  for (const options of Array.from({ length: 600 }, (_, i) => ({
    limit: 1 + (i % 7),
    maxBytes: 40 + (i % 50),
  }))) {
    const step = tail(logs.path(1), { ...options, cursor })
    seen.push(...step.lines)
    cursor = step.cursor
  }
  expect(seen).toEqual(lines)
})

test("a line still being written waits until it is whole", () => {
  using logs = series()
  logs.write(1, ["one"])
  appendFileSync(logs.path(1), "tw")
  const first = tail(logs.path(1), all)
  expect(first.lines).toEqual(["one"])
  appendFileSync(logs.path(1), "o\n")
  expect(tail(logs.path(1), { ...all, cursor: first.cursor }).lines).toEqual(["two"])
})

test("a new day is noticed, and the rest of the old one is not lost", () => {
  using logs = series()
  logs.write(1, numbered(0, 10, "old"))
  const { cursor } = tail(logs.path(1), { ...all, limit: 1 })
  logs.write(1, ["last of the old"])
  logs.write(2, numbered(0, 5_000, "a much longer new file: new"))
  const turned = tail(logs.path(2), { ...all, cursor })
  expect(turned).toMatchObject({ lines: ["last of the old"], reset: true, file: logs.path(2) })
  const next = tail(logs.path(2), { ...all, cursor: turned.cursor, limit: 2 })
  expect(next.lines[0]).toBe("a much longer new file: new 0")
})

test("a full file put aside keeps its readers", () => {
  using logs = series()
  logs.write(1, ["a"])
  const { cursor } = tail(logs.path(1), all)
  logs.write(1, ["b"])
  renameSync(logs.path(1), logs.path(1).replace(".log", ".1.log"))
  writeFileSync(logs.path(1), "c\n")
  const turned = tail(logs.path(1), { ...all, cursor })
  expect(turned).toMatchObject({ lines: ["b"], reset: true })
  expect(tail(logs.path(1), { ...all, cursor: turned.cursor }).lines).toEqual(["c"])
})

test.each([
  ["a file cut short", 999_999],
  ["a file that is gone", 2 ** 40 * 4_000 + 5],
])("a cursor into %s starts over", (_, cursor) => {
  using logs = series()
  logs.write(1, ["a", "b"])
  truncateSync(logs.path(1), 2)
  expect(tail(logs.path(1), { ...all, cursor })).toMatchObject({ lines: ["a"], reset: true })
})

test("a plain offset is a place in the newest file", () => {
  using logs = series()
  logs.write(1, ["abc", "def"])
  expect(tail(logs.path(1), { ...all, cursor: 0 }).lines).toEqual(["abc", "def"])
  expect(tail(logs.path(1), { ...all, cursor: 2 }).lines).toEqual(["def"])
})

test("little after midnight the lines of yesterday are there as well", () => {
  using logs = series()
  logs.write(1, numbered(0, 10, "yesterday"))
  logs.write(2, ["today 0"])
  expect(tail(logs.path(2), { ...all, limit: 3 }).lines).toEqual([
    "yesterday 8",
    "yesterday 9",
    "today 0",
  ])
})

test("no more than maxBytes is read, and that is said", () => {
  using logs = series()
  logs.write(1, numbered(0, 10_000))
  const cut = tail(logs.path(1), { limit: 5_000, maxBytes: 200 })
  expect(cut.truncated).toBe(true)
  expect(cut.lines.join("\n").length).toBeLessThanOrEqual(200)
  expect(cut.lines.at(-1)).toBe("line 9999")
  expect(cut.lines[0]).toMatch(/^line \d{4}$/)
})

test("a line longer than maxBytes is passed over, never stuck on", () => {
  using logs = series()
  logs.write(1, ["x".repeat(1_000), "after"])
  let cursor = 0
  const seen: string[] = []
  for (let i = 0; i < 20; i++) {
    const step = tail(logs.path(1), { limit: 10, maxBytes: 100, cursor })
    seen.push(...step.lines)
    cursor = step.cursor
  }
  expect(seen).toEqual(["after"])
})

test("secrets and terminal codes in old lines stay hidden", () => {
  using logs = series()
  logs.write(1, [
    '{"message":"x","meta":{"token":"abcdefghijklmnopqrstuvwxyz"}}',
    "\x1b]0;t\x07plain",
  ])
  expect(tail(logs.path(1), all).lines).toEqual([
    '{"message":"x","meta":{"token":"abcdef…wxyz"}}',
    "plain",
  ])
})

test("logs.tail flushes first, checks its limits and knows time", () => {
  using logs = series()
  const now = Date.parse("2026-01-01T12:00:00Z")
  const line = (time: number, message: string) =>
    JSON.stringify({ time: new Date(time).toISOString(), message })
  const waiting = [line(now - 90_000, "old"), line(now - 1_000, "recent")]
  const ask = (params: unknown) =>
    method.handle(method.params.parse(params), {
      logs: { current: () => logs.path(1), flush: () => logs.write(1, waiting.splice(0)) },
      clock: { now: () => now },
      caller: { scopes: new Set(["read"]) },
    } as never)
  const recent = method.result.parse(ask({ sinceMs: 60_000 }))
  expect(recent.lines.map((text) => JSON.parse(text).message)).toEqual(["recent"])
  for (const bad of [
    { limit: 0 },
    { limit: 5_001 },
    { maxBytes: 1_000_001 },
    { cursor: -1 },
    { cursor: 1.5 },
  ])
    expect(() => method.params.parse(bad)).toThrow()
  expect(tail(logs.path(9).replace("fased-tail", "no-such"), all)).toMatchObject({
    lines: [],
    cursor: 0,
  })
})
