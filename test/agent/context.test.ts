import { expect, test } from "bun:test"
import { contextBudget, withinBudget } from "../../src/agent/context.ts"
import type { Message } from "../../src/sessions/message.ts"

const asked = (content: string): Message => ({ role: "user", content, timestamp: 1 })
const said = (text: string): Message => ({
  role: "assistant",
  content: [{ type: "text", text }],
  timestamp: 1,
})
const result = (text: string): Message => ({
  role: "toolResult",
  toolCallId: "1",
  toolName: "read",
  content: [{ type: "text", text }],
  isError: false,
  timestamp: 1,
})
const long = "x".repeat(1000)

test("a bigger context window takes in more", () => {
  expect(contextBudget({ limit: 100_000 })).toBeGreaterThan(contextBudget({ limit: 20_000 }))
  expect(contextBudget({ limit: 20_000 }, 10_000)).toBeLessThan(contextBudget({ limit: 20_000 }))
})

test("what fits goes in whole", () => {
  const earlier = [asked("one"), said("two")]
  expect(withinBudget(earlier, [asked("three")], 1000)).toEqual([...earlier, asked("three")])
})

test("earlier turns go whole or not at all, the newest first", () => {
  const earlier = [asked(long), said("a"), asked("short"), said("b")]
  expect(withinBudget(earlier, [asked("now")], 500)).toEqual([
    asked("short"),
    said("b"),
    asked("now"),
  ])
  const split = [asked("question"), result(long), said("answer")]
  expect(withinBudget(split, [asked("now")], 500)).toEqual([asked("now")])
})

test("a reply without its question is not taken along", () => {
  expect(withinBudget([said("left over")], [asked("now")], 1000)).toEqual([asked("now")])
})

test("a turn that is too long by itself keeps its question and its newest results", () => {
  const turn = [asked("now"), said("1"), result(long), said("2"), result(long)]
  const kept = withinBudget([asked("before")], turn, 1500)
  expect(kept).toHaveLength(5)
  expect(kept[0]).toEqual(asked("now"))
  expect(JSON.stringify(kept[2])).toContain("Old tool result content cleared")
  expect(kept[4]).toEqual(result(long))
})

test("letters of any script count by their bytes", () => {
  const earlier = [asked("漢".repeat(300)), said("ok")]
  expect(withinBudget(earlier, [asked("now")], 700)).toEqual([asked("now")])
})
