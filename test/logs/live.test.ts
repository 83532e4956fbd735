import { expect, test } from "bun:test"
import { logLines } from "../../src/logs/events.ts"
import { subscribe, tail, unsubscribe } from "../../src/logs/methods.ts"
import { tellOfLines } from "../../src/logs/tell.ts"
import { Logs } from "../../src/logs/writer.ts"
import { Bus, createBus } from "../../src/kernel/event.ts"
import { Services } from "../../src/kernel/service.ts"
import { startGateway } from "../support/gateway.ts"

test("whoever watches the log is sent each new line, as logs.tail gives it", async () => {
  await using gateway = await startGateway()
  const watching = await gateway.connect()
  const other = await gateway.connect()
  const told: string[] = []
  const isTold = Promise.withResolvers<void>()
  watching.on("logs.lines", (payload) => {
    told.push(...(payload as { lines: string[] }).lines)
    if (told.some((line) => line.includes("a small mishap"))) isTold.resolve()
  })
  let isOtherTold = false
  other.on("logs.lines", () => void (isOtherTold = true))

  await watching.call(subscribe, {})
  gateway.running.note(new Error("a small mishap, with sk-ant-api03-abcdefghijklmnopqrstuvwxyz"))
  await isTold.promise
  expect(told.join()).not.toContain("abcdefghijklmnopqrstuvwxyz")
  const { lines } = await watching.call(tail, {})
  expect(lines).toEqual(expect.arrayContaining(told))

  await watching.call(unsubscribe, {})
  await watching.call(tail, {})
  const before = told.length
  gateway.running.note(new Error("another mishap"))
  await watching.call(tail, {})
  expect(told.length).toBe(before)
  expect(isOtherTold).toBe(false)
})

const follow = () => {
  const services = new Services()
  const bus = services.provide(Bus, createBus())
  let write = (_: readonly string[]) => {}
  services.provide(Logs, {
    current: () => "fased.log",
    flush() {},
    follow(listener) {
      write = listener
      return () => {}
    },
  })
  const told: { lines: string[]; truncated?: true }[] = []
  bus.on((kind, payload) => {
    if (kind === logLines) told.push(payload as (typeof told)[number])
  })
  tellOfLines(services)
  return { told, write: (lines: readonly string[]) => write(lines) }
}

test("a flood of lines is told of by its newest, and that there were more", () => {
  const { told, write } = follow()
  write(Array.from({ length: 30 }, (_, at) => `${at} ${"x".repeat(20_000)}\n`))
  expect(told).toHaveLength(1)
  const [{ lines, truncated }] = told as [(typeof told)[number]]
  expect(truncated).toBe(true)
  expect(lines.at(-1)).toStartWith("29 ")
  expect(lines.join("").length).toBeLessThan(256_001)
})

test("what a terminal would obey is taken out of lines before they are told", () => {
  const { told, write } = follow()
  write(['{"message":"\u001b]0;pwned\u0007hello\u202e"}\n'])
  expect(told[0]!.lines).toEqual(['{"message":"hello"}'])
})
