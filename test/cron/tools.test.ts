import { describe, expect, test } from "bun:test"
import { listen, textOf } from "../support/chat.ts"
import type { Call, Script } from "../support/fake-model.ts"
import { hour, minute, startTasks } from "./support.ts"

const isResult = ({ body }: Call) => body.messages.at(-1).role === "tool"
const use = (input: object): Script => ({ tools: [{ name: "cron", input }] })

/** What the tool answered the model. */
const answered = (call: Call) => String(call.body.messages.at(-1).content)

describe("an agent sets itself tasks", () => {
  test("a reminder speaks in the conversation it was asked for in", async () => {
    const job = {
      name: "ada",
      schedule: { kind: "at", at: "2026-06-01T08:20:00Z" },
      payload: { kind: "systemEvent", text: "Call Ada." },
    }
    await using place = await startTasks([
      use({ action: "add", job }),
      "I will.",
      "Time to call Ada.",
    ])
    const chat = listen(place.gateway.client, "agent:main:work")
    expect(textOf(await chat.ask("Remind me."))).toBe("I will.")
    expect((await place.list())[0]).toMatchObject({ name: "ada", createdBy: "agent main" })
    place.clock.turn(20 * minute)
    await place.ended()
    const { messages } = await chat.history()
    expect(messages.at(-1)!.content).toMatchObject([{ text: "Time to call Ada." }])
    expect(await place.list()).toEqual([])
  })

  test("a task at work makes no tasks", async () => {
    const job = {
      name: "more",
      schedule: { kind: "every", everyMs: 1000 },
      payload: { kind: "agentTurn", message: "More." },
    }
    await using place = await startTasks([
      (call) =>
        isResult(call) ? "Done." : { tools: [{ name: "cron", input: { action: "add", job } }] },
    ])
    await place.add()
    place.clock.turn(hour)
    await place.ended()
    expect(answered(place.model.calls[1]!)).toContain("cannot make or change tasks")
    expect(await place.list()).toHaveLength(1)
  })

  test("what is wrong with one is said so that the model can mend it", async () => {
    const job = {
      name: "x",
      schedule: { kind: "cron" },
      payload: { kind: "agentTurn", message: "y" },
    }
    await using place = await startTasks([use({ action: "add", job }), "Sorry."])
    await listen(place.gateway.client).ask("Go.")
    expect(answered(place.model.calls[1]!)).toContain("Of this no task can be made: schedule.expr")
  })

  test("it gives no tasks to another agent, and no results to an address", async () => {
    const job = {
      name: "x",
      agentId: "other",
      schedule: { kind: "every", everyMs: 60_000 },
      payload: { kind: "agentTurn", message: "y" },
      delivery: { mode: "webhook", to: "https://evil.test" },
    }
    const { agentId: _, ...own } = job
    await using place = await startTasks([
      use({ action: "add", job: { ...job, delivery: undefined } }),
      use({ action: "add", job: own }),
      "Sorry.",
    ])
    await listen(place.gateway.client).ask("Go.")
    expect(answered(place.model.calls[1]!)).toContain('cannot give tasks to the agent "other"')
    expect(answered(place.model.calls[2]!)).toContain("job.delivery.mode")
    expect(await place.list()).toEqual([])
  })

  test("without an operator's rights it has no such tool", async () => {
    await using place = await startTasks()
    const writer = await place.gateway.connect({ scopes: ["operator.write"] })
    await listen(writer).ask("Go.")
    expect(JSON.stringify(place.model.calls[0]!.body.tools ?? [])).not.toContain('"name":"cron"')
  })
})

describe("/task", () => {
  test("makes, lists, runs, stops and removes tasks", async () => {
    await using place = await startTasks(["Two mails."])
    const chat = listen(place.gateway.client)
    const said = async (text: string) => textOf(await chat.ask(text))
    expect(await said("/task")).toContain("No tasks.")
    expect(await said("/task new every 2h mail: Any new mail?")).toContain("**mail** every 2h")
    expect(await said('/task new "0 9 * * 1-5" plan: What is on?')).toContain("0 9 * * 1-5")
    expect(await said("/task new in 20m Call Ada")).toContain("Call Ada")
    expect((await said("/task list")).split("\n")).toHaveLength(3)
    expect(await said("/task edit mail every 30m")).toContain("Changed:")
    expect(await said("/task edit mail every 3h Any mail of Ada?")).toContain("every 3h")
    expect(await said("/task show mail")).toContain("Any mail of Ada?")
    const policy = async () => (await place.list({ query: "Ada?" }))[0]!.executionPolicy
    expect(await said('/task edit mail --max-cost 0.5 --success "None is left"')).toContain(
      "Changed:",
    )
    expect(await said("/task edit mail stop after success")).toContain("Changed:")
    expect(await policy()).toEqual({ maxCost: 0.5, success: "None is left", stopOnSuccess: true })
    expect(await said("/task edit mail --max-cost none --max-tokens many")).toContain("maxTokens")
    expect(await said("/task edit mail here")).toContain("Changed:")
    expect(
      await said("/task new every 4h Run npm --silent --max-runs-hour 1 --stop-on-success now"),
    ).toContain("Run npm --silent now")
    expect(await said("/task cancel Run npm --silent now")).toContain("Removed")
    expect(await said("/task run mail")).toContain("Queued")
    await place.ended()
    expect(await said("/task last mail")).toContain("Two mails.")
    expect(await said("/task pause mail")).toContain("off")
    expect(await said("/task cancel mail")).toContain("Removed: mail")
    expect(await said("/task new whenever x")).toContain("does not say when")
    expect(await said("/task new every 0m x")).toContain("does not say when")
    expect(await said("/task new every 2h")).toContain("not said what is to be done")
    expect(await said("/task show nothing")).toContain('No task has the id or name "nothing"')
  })
})
