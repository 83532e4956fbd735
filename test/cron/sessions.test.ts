/** The session a task works in: the main one, one for each run, or one that goes on. */
import { describe, expect, test } from "bun:test"
import { listen } from "../support/chat.ts"
import { fault, hour, startTasks } from "./support.ts"

const turn = { payload: { kind: "agentTurn", message: "Count on." } }

describe("a session that goes on", () => {
  test("each run reads what those before it said, and it stays when they are put away", async () => {
    await using place = await startTasks(["One.", "Two."], {
      config: { cron: { sessionRetention: "1h" } },
    })
    await place.add({ ...turn, sessionTarget: "session:count" })
    for (let run = 1; run <= 2; run++) {
      place.clock.turn(hour)
      await place.ended(run)
    }
    const keys = (await place.runs()).map(({ sessionKey }) => sessionKey)
    expect(keys).toEqual(["agent:main:count", "agent:main:count"])
    expect(JSON.stringify(place.model.calls[1]!.body.messages)).toContain("One.")
    place.clock.turn(24 * hour)
    await place.ended(3)
    const { sessions } = await place.call<{ sessions: { key: string }[] }>("sessions.list")
    expect(sessions.map(({ key }) => key)).toContain("agent:main:count")
  })

  test("the current one is the one its people were in when it was made", async () => {
    await using place = await startTasks(["Done here."])
    const chat = listen(place.gateway.client, "agent:main:work")
    const made = await place.add({
      ...turn,
      delivery: undefined,
      sessionTarget: "current",
      sessionKey: "agent:main:work",
    })
    expect(made.sessionTarget).toBe("session:agent:main:work")
    place.clock.turn(hour)
    await place.ended()
    // Said there by the turn itself, and not a second time by its announcement.
    expect((await chat.history()).messages.map(({ role }) => role)).toEqual(["user", "assistant"])
    expect(await place.runs()).toMatchObject([{ status: "ok", deliveryStatus: "delivered" }])
  })

  test("what is said there waits for the turn that somebody has there", async () => {
    await using place = await startTasks([{ text: "Slow.", holdRequest: true }, "After it."])
    const chat = listen(place.gateway.client, "agent:main:work")
    await place.add({ ...turn, sessionTarget: "session:work" })
    const { runId } = await chat.send("Hi.")
    await place.model.called()
    place.clock.turn(hour)
    place.model.release()
    await chat.ended(runId)
    await place.ended()
    expect((await chat.history()).messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
    ])
  })

  test.each([
    ["current", "cron.no-current-session"],
    ["session:agent:other:x", "cron.bad-target"],
    ["session:cron:x", "cron.bad-target"],
    ["session:agent:main:subagent:x", "cron.bad-target"],
    ["session:../x", "sessions.bad-key"],
  ])("%s is refused", async (sessionTarget, code) => {
    await using place = await startTasks()
    await expect(place.add({ ...turn, sessionTarget })).rejects.toMatchObject(fault(code))
    expect(await place.list()).toEqual([])
  })

  test("another kind of message moves the task to where that kind goes", async () => {
    await using place = await startTasks()
    const { id } = await place.add({ ...turn, sessionTarget: "session:count" })
    const change = (patch: object) =>
      place.call<{ sessionTarget: string }>("cron.update", { id, patch })
    expect(await change({ payload: { message: "Count." } })).toMatchObject({
      sessionTarget: "session:count",
    })
    const text = { kind: "systemEvent", text: "Count." }
    expect(await change({ payload: text })).toMatchObject({ sessionTarget: "main" })
    const back = { kind: "agentTurn", message: "Count." }
    expect(await change({ payload: back })).toMatchObject({ sessionTarget: "isolated" })
  })
})
