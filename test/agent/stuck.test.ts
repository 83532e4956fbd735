import { expect, test } from "bun:test"
import { textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"
import { Lanes } from "../../src/agent/lanes.ts"
import { TurnBook } from "../../src/agent/turns.ts"
import type { Outcome } from "../../src/agent/outcome.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const book = () => {
  const clock = turnableClock()
  const turns = new TurnBook(
    clock,
    async () => null,
    (key) => (key === "a" ? ["a:child"] : []),
  )
  return { clock, turns }
}
const outcome = (runId: string): Outcome => ({
  runId,
  status: "aborted",
  text: "",
  stopReason: "aborted",
  startedAt: 0,
  endedAt: 0,
})
/** A turn that ends when it is given up on, and, if it listens, when it is told to stop. */
const begin = (
  { turns }: Pick<ReturnType<typeof book>, "turns">,
  {
    runId,
    sessionKey = "a",
    listens = true,
  }: { runId: string; sessionKey?: string; listens?: boolean },
) => {
  const end = Promise.withResolvers<Outcome>()
  const moved = { at: 0 }
  const abandon = () => end.resolve(outcome(runId))
  const watched = { movedAt: () => moved.at, follow: () => () => {}, abandon }
  const facts = { runId, sessionKey, agentId: "main", ...watched }
  turns.begin(facts, (stop) => {
    if (listens) stop.addEventListener("abort", abandon)
    return end.promise
  })
  return moved
}

test("a turn without a sign of life is told of once, and again after it moved", () => {
  const at = book()
  const moved = begin(at, { runId: "1" })
  moved.at = at.clock.now()
  const told: string[] = []
  const look = () => at.turns.watch(1000, ({ runId }) => told.push(runId))
  at.clock.turn(500)
  look()
  expect(told).toEqual([])
  at.clock.turn(600)
  look()
  look()
  expect(told).toEqual(["1"])
  expect(at.turns.stuck.map(({ runId }) => runId)).toEqual(["1"])
  moved.at = at.clock.now()
  look()
  expect(at.turns.stuck).toEqual([])
  at.clock.turn(2000)
  look()
  expect(told).toEqual(["1", "1"])
})

test("what does not stop when it is told to is given up on", async () => {
  const at = book()
  begin(at, { runId: "deaf", listens: false })
  begin(at, { runId: "waits" })
  const unlocked = at.turns.unlock("a")
  await Promise.resolve()
  at.clock.turn(2000)
  expect(await unlocked).toEqual({ stopped: ["deaf", "waits"], abandoned: ["deaf"] })
  expect(at.turns.active).toBe(0)
})

test("stopping a whole tree reaches the subagents, stopping a session does not", () => {
  const at = book()
  begin(at, { runId: "1" })
  begin(at, { runId: "2", sessionKey: "a:child" })
  begin(at, { runId: "3", sessionKey: "b" })
  expect(at.turns.abort({ sessionKey: "a" }, "user")).toEqual(["1"])
  expect(at.turns.abort({ sessionKey: "a", tree: true }, "user")).toEqual(["1", "2"])
})

test("unlocking a session lets the next message be answered", async () => {
  await using place = await startConversation([{ text: "late", holdRequest: true }, "Back."])
  const { runId } = await place.chat.send("one")
  await place.model.called()
  const { client } = place.gateway
  expect(await client.request("sessions.unlock", { key: "main" })).toMatchObject({
    stopped: [runId],
    abandoned: [],
  })
  expect((await place.chat.ended(runId)).state).toBe("aborted")
  expect(textOf(await place.chat.ask("two"))).toBe("Back.")
  expect(await client.request("sessions.unlock", { key: "main" })).toMatchObject({ stopped: [] })
})

test("a lane goes on when the work of its head was given up on", async () => {
  const lanes = new Lanes(() => 1)
  const abandoned = Promise.withResolvers<never>()
  const stuck = lanes.run("s", () => Promise.race([new Promise(() => {}), abandoned.promise]))
  const next = lanes.run("s", async () => "next")
  abandoned.reject(new Error("given up"))
  expect(await stuck.catch((error: Error) => error.message)).toBe("given up")
  expect(await next).toBe("next")
})
