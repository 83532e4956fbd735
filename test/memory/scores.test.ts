import { expect, test } from "bun:test"
import {
  dayOf,
  decay,
  diversify,
  jaccard,
  normalized,
  textScore,
  vectorScore,
  weights,
  wordSet,
} from "../../src/memory/scores.ts"

test.each([
  [-3, 1],
  [0, 1],
  [1, 0.5],
  [3, 0.25],
])("a match %p behind the best by BM25 is worth %p", (rank, worth) => {
  expect(textScore(rank)).toBe(worth)
})

test("weights add up to 1, and are alike where both are 0", () => {
  expect(weights({ vectorWeight: 0.7, textWeight: 0.3 })).toEqual({ vector: 0.7, text: 0.3 })
  expect(weights({ vectorWeight: 1, textWeight: 1 })).toEqual({ vector: 0.5, text: 0.5 })
  expect(weights({ vectorWeight: 0, textWeight: 0 })).toEqual({ vector: 0.5, text: 0.5 })
})

test("vectors of length 1 are compared by their cosine, and opposite ones not at all", () => {
  const a = normalized(Float32Array.of(3, 4))
  expect([...a]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)])
  expect(vectorScore(a, a)).toBeCloseTo(1)
  expect(vectorScore(a, normalized(Float32Array.of(-3, -4)))).toBe(0)
  expect([...normalized(Float32Array.of(0, 0))]).toEqual([0, 0])
})

test.each([
  ["memory/2026-01-31.md", "2026-01-31"],
  ["memory/2026-01-31-standup.md", "2026-01-31"],
  ["memory/work/2026-01-31.md", "2026-01-31"],
  ["MEMORY.md", undefined],
  ["memory/projects.md", undefined],
  ["memory/2026-13-45.md", undefined],
  ["memory/2026-01-311.md", undefined],
])("%p is a note of %p", (path, day) => {
  expect(dayOf(path)).toBe(day === undefined ? undefined : Date.parse(day))
})

test("a daily note counts half after its half-life; what has no day does not age", () => {
  const now = Date.parse("2026-03-02")
  const halfLifeDays = 30
  expect(decay("memory/2026-01-31.md", { now, halfLifeDays })).toBeCloseTo(0.5)
  expect(decay("memory/2026-01-01.md", { now, halfLifeDays })).toBeCloseTo(0.25)
  expect(decay("memory/2026-03-05.md", { now, halfLifeDays })).toBe(1)
  expect(decay("MEMORY.md", { now, halfLifeDays })).toBe(1)
})

test("texts are alike by the words they share", () => {
  expect(jaccard(wordSet("Heron at the weir"), wordSet("the weir"))).toBe(0.5)
  expect(jaccard(wordSet(""), wordSet(""))).toBe(0)
})

test("variety takes what differs before what repeats", () => {
  const hit = (id: number, text: string, score: number) => ({ id, path: "", text, score })
  const hits = [
    hit(1, "postgres on port 5432", 0.9),
    hit(2, "postgres on port 5432", 0.89),
    hit(3, "tea at four", 0.6),
  ]
  const ids = (lambda: number) => diversify(hits, { lambda, most: 2 }).map(({ id }) => id)
  expect(ids(0.7)).toEqual([1, 3])
  expect(ids(1)).toEqual([1, 2])
})
