import { expect, test } from "bun:test"
import { Line } from "../../../src/agent/queue/line.ts"
import type { QueueSettings } from "../../../src/agent/queue/settings.ts"

const settings = (more: Partial<QueueSettings> = {}): QueueSettings => ({
  mode: "collect",
  debounceMs: 1000,
  cap: 3,
  drop: "summarize",
  ...more,
})
const item = (name: string, kind = "a") => ({ name, kind, sessionKey: "s" })
type Item = ReturnType<typeof item>
const names = (items: readonly Item[] = []) => items.map(({ name }) => name)

const lineOf = (...entries: [name: string, more?: Partial<QueueSettings>, kind?: string][]) => {
  const line = new Line<Item>()
  entries.forEach(([name, more, kind], at) => line.add(item(name, kind), at, settings(more)))
  return line
}
/** Every turn that comes of a line, in order. */
const turnsOf = (line: Line<Item>) => {
  const turns: string[] = []
  for (let batch = line.take(); batch; batch = line.take())
    turns.push(`${names(batch.dropped).join("")}|${names(batch.items).join("")}`)
  return turns
}

test("what is collected shares a turn, as far as it is of one kind", () => {
  expect(turnsOf(lineOf(["1"], ["2"], ["3", { cap: 9 }, "b"], ["4", { cap: 9 }]))).toEqual([
    "|12",
    "|3",
    "|4",
  ])
})

test("each message has a turn of its own where it is to be followed up", () => {
  const mode = "followup" as const
  expect(turnsOf(lineOf(["1", { mode }], ["2", { mode }]))).toEqual(["|1", "|2"])
})

test("one that found the session idle shares its turn with nobody", () => {
  const line = new Line<Item>()
  line.add(item("1"), 0)
  line.add(item("2"), 1, settings())
  expect(line.due).toBe(0)
  expect(turnsOf(line)).toEqual(["|1", "|2"])
})

test("the next turn waits until it was quiet, but not when no more can wait", () => {
  const line = lineOf(["1"], ["2"])
  expect(line.due).toBe(1001)
  line.add(item("3"), 2, settings())
  expect(line.due).toBe(0)
})

test("of too many the oldest leave a line, or go, or the newest does", () => {
  const full = (drop: QueueSettings["drop"]) =>
    lineOf(
      ...["1", "2", "3"]
        .map((name) => [name, { drop }] as const)
        .map(([name, more]) => [name, more] as [string, Partial<QueueSettings>]),
    )
  const summarized = full("summarize")
  expect(summarized.add(item("4"), 4, settings())).toEqual([])
  expect(turnsOf(summarized)).toEqual(["1|234"])
  const old = full("old")
  expect(names(old.add(item("4"), 4, settings({ drop: "old" })))).toEqual(["1"])
  expect(turnsOf(old)).toEqual(["|234"])
  const fresh = full("new")
  expect(names(fresh.add(item("4"), 4, settings({ drop: "new" })))).toEqual(["4"])
  expect(turnsOf(fresh)).toEqual(["|123"])
})

test("what was dropped is told of in a turn of its own kind, or gets one", () => {
  const line = lineOf(["1"], ["2"], ["3"])
  for (const name of ["x", "y", "z"]) line.add(item(name, "b"), 5, settings())
  expect(turnsOf(line)).toEqual(["|xyz", "12|3"])
})

test("what steers is taken out once; a backlog stays as well", () => {
  const line = lineOf(
    ["1", { mode: "steer" }],
    ["2", { mode: "steer-backlog" }],
    ["3", { mode: "steer" }, "b"],
    ["4", { mode: "collect", cap: 9 }],
  )
  const said = line.steer("a").map(({ item, stays }) => [item.name, stays])
  expect(said).toEqual([
    ["1", false],
    ["2", true],
  ])
  expect(line.steer("a")).toEqual([])
  expect(turnsOf(line)).toEqual(["|2", "|3", "|4"])
})

test("whatever comes and goes, each message ends in one turn at most, and none is lost unsaid", async () => {
  const fc = await import("fast-check")
  const entry = fc.record({
    kind: fc.constantFrom("a", "b"),
    mode: fc.constantFrom("collect", "followup", "steer", "steer-backlog"),
    drop: fc.constantFrom("summarize", "old", "new"),
    remove: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
      const line = new Line<Item>()
      const gone: string[] = []
      entries.forEach(({ kind, mode, drop, remove }, at) => {
        const one = item(`${at}`, kind)
        gone.push(...names(line.add(one, at, settings({ mode, drop } as Partial<QueueSettings>))))
        if (remove && line.remove(one)) gone.push(one.name)
      })
      const answered: string[] = []
      for (let batch = line.take(); batch; batch = line.take()) {
        const all = [...batch.dropped, ...batch.items]
        expect(new Set(all.map(({ kind }) => kind)).size).toBe(1)
        answered.push(...names(all))
      }
      expect([...answered, ...gone].toSorted()).toEqual(entries.map((_, at) => `${at}`).toSorted())
      expect(line.due).toBeUndefined()
    }),
  )
})
