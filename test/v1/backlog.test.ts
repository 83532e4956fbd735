import { expect, test } from "bun:test"
import type { TurnPart } from "../../src/agent/turns.ts"
import { Backlog } from "../../src/v1/backlog.ts"
import { EventStream } from "../../src/v1/event-stream.ts"
import { createLaggards, type Laggards } from "../../src/v1/laggards.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const begin = (laggards: Laggards = createLaggards()) => {
  const clock = turnableClock()
  const left = { gone: false, why: "" }
  const stream = new EventStream({ clock, during: () => {}, gone: () => (left.gone = true) })
  const said: TurnPart[] = []
  const backlog = new Backlog({
    stream,
    say(part) {
      said.push(part)
      stream.write("x".repeat("delta" in part ? part.delta.length * 40 : 1))
    },
    cut: (why) => (left.why = why.message),
    laggards,
    clock,
  })
  const reader = stream.body.getReader()
  const readAll = async () => {
    for (;;) {
      const { done } = await reader.read()
      if (done) return
    }
  }
  const word = (delta: string) => backlog.hear({ type: "text", delta })
  const fill = (words: number) => {
    for (let at = 0; at < words; at++) word(`word${at} `)
  }
  return { clock, left, stream, said, backlog, reader, readAll, word, fill }
}

const textOf = (parts: readonly TurnPart[]) =>
  parts.map((part) => ("delta" in part ? part.delta : `[${part.id}]`)).join("")

test("a client that keeps up hears word by word", () => {
  const { said, word, backlog } = begin()
  word("one ")
  word("two ")
  expect(said).toHaveLength(2)
  expect(backlog.room()).toBeUndefined()
})

test("what waits for a slow client is joined, and comes whole and in order", async () => {
  const { said, backlog, fill, readAll, stream } = begin()
  fill(5000)
  backlog.hear({ type: "thinking", delta: "hm" })
  backlog.hear({ type: "call", id: "a", name: "t" })
  backlog.hear({ type: "arguments", id: "a", delta: "{" })
  backlog.hear({ type: "arguments", id: "a", delta: "}" })
  backlog.hear({ type: "call", id: "b", name: "t" })
  backlog.hear({ type: "arguments", id: "b", delta: "1" })
  const reading = readAll()
  await backlog.empty()
  stream.end()
  await reading
  const words = Array.from({ length: 5000 }, (_, at) => `word${at} `).join("")
  expect(textOf(said)).toBe(`${words}hm[a]{}[b]1`)
  expect(said.length).toBeLessThan(200)
  const last = said.slice(-6).map(({ type }) => type)
  expect(last).toEqual(["text", "thinking", "call", "arguments", "call", "arguments"])
})

test("a source is held up when too much waits, and goes on when there is room again", async () => {
  const { backlog, fill, readAll, stream } = begin()
  fill(10_000)
  const room = backlog.room()
  expect(room).toBeInstanceOf(Promise)
  const reading = readAll()
  await room
  expect(backlog.room()).toBeUndefined()
  await backlog.empty()
  stream.end()
  await reading
})

test("a client that takes nothing for half a minute, with much waiting, is taken for gone", async () => {
  const { backlog, left, fill, clock, reader } = begin()
  fill(10_000)
  clock.turn(29_000)
  expect(left.gone).toBe(false)
  clock.turn(2_000)
  expect(left.gone).toBe(true)
  await expect(reader.read()).rejects.toThrow("reads nothing")
  await backlog.empty()
})

test("of too many that are held up, the source of the first is stopped, and no other", async () => {
  const laggards = createLaggards(2)
  const all = [begin(laggards), begin(laggards), begin(laggards)]
  for (const { fill } of all) fill(10_000)
  expect(all.map(({ left }) => left.why !== "")).toEqual([true, false, false])
  // What it had said so far is still there to read.
  const [first] = all
  const reading = first!.readAll()
  await first!.backlog.empty()
  first!.stream.end()
  await reading
  expect(textOf(first!.said)).toEndWith("word9999 ")
})

test("who reads on makes room for others", async () => {
  const laggards = createLaggards(1)
  const [one, other] = [begin(laggards), begin(laggards)]
  one.fill(10_000)
  const reading = one.readAll()
  await one.backlog.empty()
  one.stream.end()
  await reading
  other.fill(10_000)
  expect([one.left.why, other.left.why]).toEqual(["", ""])
})
