import { expect, test } from "bun:test"
import fc from "fast-check"
import { Lanes } from "../../src/agent/lanes.ts"

test("work of a lane runs in the order it came, and never more than the limit at once", async () => {
  const piece = fc.record({ lane: fc.integer({ min: 0, max: 4 }), ticks: fc.nat(5) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      async (pieces, limit) => {
        const lanes = new Lanes(() => limit)
        const finished: number[][] = [[], [], [], [], []]
        const busy = new Set<number>()
        let most = 0
        await Promise.all(
          pieces.map(({ lane, ticks }, at) =>
            lanes.run(`${lane}`, async () => {
              expect(busy.has(lane)).toBe(false)
              busy.add(lane)
              most = Math.max(most, lanes.running)
              for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
              busy.delete(lane)
              finished[lane]!.push(at)
            }),
          ),
        )
        expect(most).toBeLessThanOrEqual(limit)
        expect(finished.flat()).toHaveLength(pieces.length)
        for (const order of finished) expect(order).toEqual(order.toSorted((a, b) => a - b))
        expect(lanes.running).toBe(0)
      },
    ),
  )
})

test("lanes that wait get a place in the order they asked", async () => {
  const lanes = new Lanes(() => 1)
  const gate = Promise.withResolvers<void>()
  const started: string[] = []
  const runs = ["a", "b", "c", "d"].map((lane) =>
    lanes.run(lane, async () => {
      started.push(lane)
      if (lane === "a") await gate.promise
      // A newcomer asks just when a place becomes free.
      if (lane === "b") void lanes.run("late", async () => void started.push("late"))
    }),
  )
  gate.resolve()
  await Promise.all(runs)
  expect(started).toEqual(["a", "b", "c", "d", "late"])
})

test("what waits can be called off, and what is behind it moves up", async () => {
  const lanes = new Lanes(() => 1)
  const gate = Promise.withResolvers<void>()
  const ran: string[] = []
  const first = lanes.run("lane", () => gate.promise)
  const stop = new AbortController()
  const called = lanes.run("lane", async () => void ran.push("called off"), stop.signal)
  const next = lanes.run("lane", async () => void ran.push("next"))
  const elsewhere = new AbortController()
  const other = lanes.run("other", async () => void ran.push("other"), elsewhere.signal)
  stop.abort("user")
  elsewhere.abort("user")
  expect(await called.catch((reason: unknown) => reason)).toBe("user")
  expect(await other.catch((reason: unknown) => reason)).toBe("user")
  gate.resolve()
  await Promise.all([first, next])
  expect(ran).toEqual(["next"])
  expect(lanes.running).toBe(0)
})

test("work that throws gives its place back", async () => {
  const lanes = new Lanes(() => 1)
  const failing = lanes.run("lane", () => Promise.reject(new Error("no")))
  expect(await failing.catch((error: Error) => error.message)).toBe("no")
  expect(await lanes.run("lane", async () => "yes")).toBe("yes")
})

test("a higher limit counts from the next piece on", async () => {
  let limit = 1
  const lanes = new Lanes(() => limit)
  const gate = Promise.withResolvers<void>()
  const held = ["a", "b"].map((lane) => lanes.run(lane, () => gate.promise))
  expect(lanes.running).toBe(1)
  limit = 3
  held.push(lanes.run("c", () => gate.promise))
  expect(lanes.running).toBe(3)
  gate.resolve()
  await Promise.all(held)
})
