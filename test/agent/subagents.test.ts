import { expect, test } from "bun:test"
import { textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"
import type { Call, Script } from "../support/fake-model.ts"
import { temporaryHome } from "../support/gateway.ts"

const wordsOf = ({ body }: Call): string => {
  const { content } = body.messages.at(-1)
  return typeof content === "string"
    ? content
    : content.map(({ text }: { text: string }) => text).join("")
}
const isResult = ({ body }: Call) => body.messages.at(-1).role === "tool"

/** A main session that gives its task away, and whoever does it. */
const spawning =
  (task: object, child: Script, after = "Started."): Script =>
  (call, index) => {
    const words = wordsOf(call)
    if (words.includes("A subagent you started has ended"))
      return `Told: ${words.match(/Status: (.*)/)![1]}`
    if (isResult(call)) return after
    if (words === "go") return { tools: [{ name: "sessions_spawn", input: task }] }
    return typeof child === "function" ? child(call, index) : child
  }

/** The turn in the main session that tells of a subagent's end. */
const told = (place: Awaited<ReturnType<typeof startConversation>>) =>
  place.chat.until(() =>
    place.chat.events.find((event) => event.state === "final" && textOf(event).startsWith("Told:")),
  )

const sessions = async ({ gateway }: Awaited<ReturnType<typeof startConversation>>) => {
  const page = (await gateway.client.request("sessions.list", {})) as {
    sessions: { key: string; spawnedBy?: string; status: string }[]
  }
  return page.sessions
}

const quick = { config: { messages: { queue: { debounceMs: 0 } } } }

test("a subagent works in a session of its own, and its end is told to who asked", async () => {
  await using place = await startConversation([spawning({ task: "count" }, "It is 3.")], quick)
  expect(textOf(await place.chat.ask("go"))).toBe("Started.")
  expect(textOf(await told(place))).toBe("Told: completed successfully")
  const announced = (await place.chat.history()).messages.find(
    ({ role, content }) => role === "user" && JSON.stringify(content).includes("Result:"),
  )!
  expect(JSON.stringify(announced.content)).toContain("It is 3.")
  const child = (await sessions(place)).find(({ key }) => key.includes(":subagent:"))!
  expect(child).toMatchObject({ status: "done" })
})

test("one that has nothing to tell is not told of", async () => {
  await using place = await startConversation(
    [spawning({ task: "count", cleanup: "delete" }, "ANNOUNCE_SKIP")],
    quick,
  )
  await place.chat.ask("go")
  const gone = async (): Promise<void> => {
    const left = (await sessions(place)).filter(({ key }) => key.includes(":subagent:"))
    if (left.length || place.model.calls.length < 3) return gone()
  }
  await gone()
  expect(place.model.calls).toHaveLength(3)
})

test("a failure is told as the gateway saw it", async () => {
  await using place = await startConversation(
    [spawning({ task: "count" }, { fail: { status: 401 } })],
    quick,
  )
  await place.chat.ask("go")
  expect(textOf(await told(place))).toContain("Told: failed: ")
})

test("stopping the conversation stops its subagents, and nobody is told of that", async () => {
  await using place = await startConversation(
    [spawning({ task: "count" }, { text: "late", holdRequest: true })],
    quick,
  )
  await place.chat.ask("go")
  await place.model.called(3)
  expect(await place.chat.send("stop")).toMatchObject({ status: "ok" })
  await place.model.hungUp()
  const child = (await sessions(place)).find(({ key }) => key.includes(":subagent:"))!
  const { runIds } = (await place.gateway.client.request("chat.abort", {
    sessionKey: child.key,
  })) as { runIds: string[] }
  expect(runIds).toEqual([])
  expect(place.model.calls).toHaveLength(3)
})

test.each([
  ["another agent", { task: "x", agentId: "nobody" }, "no agent named"],
  ["a thread", { task: "x", thread: true }, "not possible here"],
  ["another program", { task: "x", runtime: "acp" }, "not possible here"],
])("%s is refused with the reason", async (_, task, words) => {
  await using place = await startConversation([spawning(task, "no")], quick)
  await place.chat.ask("go")
  const result = (await place.chat.history()).messages.find(({ role }) => role === "toolResult")!
  expect(result.isError).toBe(true)
  expect(result.content[0].text).toContain(words)
})

test("a subagent has no tools for sessions, unless it may start subagents itself", async () => {
  const toolsOf = ({ body }: Call) =>
    (body.tools ?? []).map((tool: { function: { name: string } }) => tool.function.name) as string[]
  const sessionTools = ["sessions_spawn", "subagents", "sessions_list", "sessions_history"]
  for (const [maxSpawnDepth, expected] of [
    [1, []],
    [2, sessionTools],
  ] as const) {
    await using place = await startConversation([spawning({ task: "count" }, "Done.")], {
      ...quick,
      defaults: { subagents: { maxSpawnDepth } },
    })
    await place.chat.ask("go")
    await told(place)
    const child = place.model.calls.find((call) => wordsOf(call).includes("count"))!
    expect(sessionTools.filter((name) => toolsOf(child).includes(name))).toEqual([...expected])
    expect(toolsOf(child)).not.toContain("gateway")
  }
})

test("a subagent and the word of its end outlive the gateway", async () => {
  await using home = await temporaryHome()
  const before = await startConversation(
    [spawning({ task: "count" }, { text: "late", holdRequest: true })],
    { home: home.path, ...quick },
  )
  await before.chat.ask("go")
  await before.model.called(3)
  await before.gateway.stop()
  await before.model.close()
  await using after = await startConversation([spawning({ task: "count" }, "It is 3.")], {
    home: home.path,
    ...quick,
  })
  const isTold = async (): Promise<void> => {
    const { messages } = await after.chat.history()
    const words = JSON.stringify(messages.at(-1)?.content ?? "")
    if (!words.includes("Told: completed successfully")) return isTold()
  }
  await isTold()
  const ends = (await after.chat.history()).messages.filter(({ content }) =>
    JSON.stringify(content).includes("Result:"),
  )
  expect(ends).toHaveLength(1)
}, 15_000)
