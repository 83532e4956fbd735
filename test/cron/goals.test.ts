/** What a task is for, how its runs tell whether that is reached, and what it may cost until then. */
import { describe, expect, test } from "bun:test"
import { judged } from "../../src/cron/goal.ts"
import type { Job } from "../../src/cron/job.ts"
import { hour, startTasks } from "./support.ts"

const success = "Every letter is answered."

describe("a goal", () => {
  test("is told to each run, and the task goes on until one says that it is reached", async () => {
    await using place = await startTasks([
      "Two are left.\n\nReached: no",
      "None left.\nReached: yes",
    ])
    const { id } = await place.add({
      executionPolicy: { objective: "A clean desk.", success, stopOnSuccess: true },
    })
    for (let run = 1; run <= 2; run++) {
      place.clock.turn(hour)
      await place.ended(run)
    }
    const asked = JSON.stringify(place.model.calls[0]!.body.messages.at(-1))
    expect(asked).toContain("What this is for: A clean desk.")
    expect(asked).toContain(`It is reached when: ${success}`)
    expect(await place.runs()).toMatchObject([
      { reached: true, summary: "None left." },
      { reached: false, summary: "Two are left." },
    ])
    expect(await place.get(id)).toMatchObject({
      enabled: false,
      state: { successes: 1, totalRuns: 2, disabledReason: "It has reached what it is for." },
    })
  })

  test("a task that goes once it went well goes when it is reached", async () => {
    await using place = await startTasks(["Reached: no", "Reached: yes"])
    await place.add({ deleteAfterRun: true, executionPolicy: { success } })
    place.clock.turn(hour)
    await place.ended()
    expect(await place.list()).toHaveLength(1)
    place.clock.turn(hour)
    await place.ended(2)
    expect(await place.list()).toEqual([])
  })

  const job = (executionPolicy?: object) => ({ executionPolicy }) as Job
  test.each([
    ["All done.\n\n**Reached: yes**", { text: "All done.", reached: true }],
    ["reached - No.", { text: "", reached: false }],
    [
      "I reached: yes and no, the end.",
      { text: "I reached: yes and no, the end.", reached: false },
    ],
    ["Nothing.", { text: "Nothing.", reached: false }],
  ])("%p", (answer, verdict) => {
    expect(judged(job({ success }), answer)).toEqual(verdict)
  })
  test("where there is none, an answer is what it is", () => {
    expect(judged(job(), "Reached: yes")).toEqual({ text: "Reached: yes" })
  })
})

describe("what it may use", () => {
  test("dollars in a day; then it is blocked, and the next day it is not", async () => {
    await using place = await startTasks(["Done."], {
      cost: { input: 1_000_000, output: 1_000_000 },
    })
    const { id } = await place.add({ executionPolicy: { maxCost: 1 } })
    for (let run = 1; run <= 2; run++) {
      place.clock.turn(hour)
      await place.ended(run)
    }
    const [blocked, paid] = await place.runs({ id })
    expect(paid!.costUsd).toBeGreaterThan(1)
    expect(blocked).toMatchObject({ status: "blocked" })
    expect(blocked!.error).toMatch(/It has used \$\d.* of \$1.* a day\./)
    for (let left = 24; left; left--) {
      place.clock.turn(hour)
      await place.ended(27 - left)
    }
    expect(await place.runs({ status: "ok" })).toHaveLength(2)
  })

  test("of its policy a change keeps what is not mentioned, and null takes back", async () => {
    await using place = await startTasks()
    const { id } = await place.add({
      executionPolicy: { maxTokens: 5, maxCost: 2, tools: ["read"] },
    })
    const policyAfter = async (executionPolicy: object | null) =>
      (
        await place.call<{ executionPolicy?: object }>("cron.update", {
          id,
          patch: { executionPolicy },
        })
      ).executionPolicy
    expect(await policyAfter({ maxTokens: 9, maxCost: null })).toEqual({
      maxTokens: 9,
      tools: ["read"],
    })
    expect(await policyAfter(null)).toBeUndefined()
  })
})
