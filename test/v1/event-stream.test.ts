import { expect, test } from "bun:test"
import { EventStream } from "../../src/v1/event-stream.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const begin = () => {
  const clock = turnableClock()
  const gone = { is: false }
  const over = { is: false }
  const stream = new EventStream({
    clock,
    gone: () => (gone.is = true),
    during: (work) => void work.then(() => (over.is = true)),
  })
  const reader = stream.body.getReader()
  const read = async () => {
    const { value } = await reader.read()
    return new TextDecoder().decode(value)
  }
  return { clock, gone, over, stream, reader, read }
}

test("what is written in one tick goes out together, what comes later on its own", async () => {
  const { stream, read } = begin()
  const first = read()
  stream.write("a")
  stream.write("b")
  expect(await first).toBe("ab")
  const second = read()
  await new Promise(setImmediate)
  stream.write("c")
  expect(await second).toBe("c")
})

test("silence is broken by comments", async () => {
  const { clock, stream, read } = begin()
  stream.write("a")
  expect(await read()).toBe("a")
  const next = read()
  clock.turn(15_000)
  clock.turn(15_000)
  expect(await next).toBe(": keep-alive\n\n")
})

test("a source is held up while a client does not read", async () => {
  const { stream, read } = begin()
  stream.write("a".repeat(32 * 1024))
  const room = stream.room()
  expect(room).toBeInstanceOf(Promise)
  await read()
  await room
  expect(stream.room()).toBeUndefined()
})

test("who leaves is noticed, and holds nobody up", async () => {
  const { gone, stream, reader } = begin()
  stream.write("a".repeat(32 * 1024))
  const room = stream.room()
  await reader.cancel()
  expect(gone.is).toBe(true)
  await room
  stream.write("more")
  expect(stream.room()).toBeUndefined()
})

test("a client that reads nothing for minutes is taken for gone", async () => {
  const { clock, gone, stream, reader } = begin()
  stream.write("a")
  for (let tick = 0; tick < 8; tick++) clock.turn(15_000)
  expect(gone.is).toBe(false)
  clock.turn(15_000)
  expect(gone.is).toBe(true)
  await expect(reader.read()).rejects.toThrow("reads nothing")
})

test("a client that does not read the end is taken for gone as well", () => {
  const { clock, gone, stream } = begin()
  stream.write("a")
  stream.end()
  for (let tick = 0; tick < 9; tick++) clock.turn(15_000)
  expect(gone.is).toBe(true)
})

test("the end comes after all that was written", async () => {
  const { stream, reader, read } = begin()
  stream.write("a")
  stream.end()
  expect(await read()).toBe("a")
  expect((await reader.read()).done).toBe(true)
})

test("a request is under way until its last words are read, or nobody reads them any more", async () => {
  const told = begin()
  told.stream.write("a")
  told.stream.end()
  await new Promise(setImmediate)
  expect(told.over.is).toBe(false)
  expect(await told.read()).toBe("a")
  await new Promise(setImmediate)
  expect(told.over.is).toBe(true)
  const left = begin()
  left.stream.write("a")
  await left.reader.cancel()
  expect(left.over.is).toBe(true)
})
