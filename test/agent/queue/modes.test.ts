import { expect, test } from "bun:test"
import { textOf } from "../../support/chat.ts"
import { startConversation } from "../../support/conversation.ts"
import type { Script } from "../../support/fake-model.ts"

type Place = Awaited<ReturnType<typeof startConversation>>

/** A conversation that queues as told and waits for no quiet. */
const talk = (turns: Script[], queue: object = {}) =>
  startConversation(turns, { config: { messages: { queue: { debounceMs: 0, ...queue } } } })

/** Sends one message, and the rest while its turn is under way. */
const crowd = async ({ chat, model }: Place, [first, ...rest]: string[]) => {
  const sent = [await chat.send(first!)]
  await model.called()
  for (const text of rest) sent.push(await chat.send(text))
  return sent.map(({ runId }) => runId)
}

const asked = ({ model }: Place, call: number) =>
  model.calls[call]!.body.messages.filter(({ role }: { role: string }) => role === "user").map(
    ({ content }: { content: string | { text: string }[] }) =>
      typeof content === "string" ? content : content.map(({ text }) => text).join(""),
  )
const questions = async ({ chat }: Place) =>
  (await chat.history()).messages
    .filter(({ role }) => role === "user")
    .map(({ content }) => content)

const held: Script = { text: "First.", holdRequest: true }

test("collect: what came meanwhile is answered together, and each message ends", async () => {
  await using place = await talk([held, "Both."])
  const [one, two, three] = await crowd(place, ["one", "two", "three"])
  place.model.release()
  expect(textOf(await place.chat.ended(one!))).toBe("First.")
  expect(textOf(await place.chat.ended(three!))).toBe("Both.")
  expect(await place.chat.ended(two!)).toMatchObject({
    state: "final",
    stopReason: "merged",
    answeredBy: three!,
  })
  expect(asked(place, 1)).toEqual(["one", "two", "three"])
  expect(place.model.calls).toHaveLength(2)
  expect(await questions(place)).toEqual(["one", "two", "three"])
})

test("who waits for a message that was answered along with another gets that answer, also later", async () => {
  await using place = await talk([held, "Both."])
  const accepted = [1, 2, 3].map(() => Promise.withResolvers<void>())
  const run = (message: string, at: number) =>
    place.gateway.client.request(
      "agent",
      { message, idempotencyKey: message },
      { onAccepted: () => accepted[at]!.resolve() },
    ) as Promise<{ runId: string; result: { payloads: { text: string }[] } }>
  void run("one", 0)
  await place.model.called()
  const waiting = [run("two", 1), run("three", 2)]
  await Promise.all(accepted.map(({ promise }) => promise))
  place.model.release()
  const [two, three] = await Promise.all(waiting)
  expect(two!.result.payloads).toMatchObject([{ text: "Both." }])
  expect(three!.result.payloads).toMatchObject([{ text: "Both." }])
  expect(two!.runId).not.toBe(three!.runId)
  const again = await place.gateway.client.request("agent.wait", { runId: two!.runId })
  expect(again).toMatchObject({ status: "ok" })
})

test("followup: one turn for each", async () => {
  await using place = await talk([held, "Second.", "Third."], { mode: "followup" })
  const [, two, three] = await crowd(place, ["one", "two", "three"])
  place.model.release()
  expect(textOf(await place.chat.ended(two!))).toBe("Second.")
  expect(textOf(await place.chat.ended(three!))).toBe("Third.")
})

const look = { name: "session_status", input: {} }
const working: Script = { text: "Looking.", tools: [look, look], holdRequest: true }

test("steer: it is heard at the next tool, and the calls that are left are skipped", async () => {
  await using place = await talk([working, "As you wish."], { mode: "steer" })
  const [one, two] = await crowd(place, ["one", "rather this"])
  place.model.release()
  expect(textOf(await place.chat.ended(one!))).toContain("As you wish.")
  expect(await place.chat.ended(two!)).toMatchObject({ stopReason: "merged", answeredBy: one! })
  const results = (await place.chat.history()).messages.filter(({ role }) => role === "toolResult")
  expect(results.map(({ isError }) => isError)).toEqual([false, true])
  expect(results[1]!.content[0].text).toBe("Skipped due to queued user message.")
  expect(asked(place, 1)).toEqual(["one", "rather this"])
  expect(place.model.calls).toHaveLength(2)
})

test("steer: with no tool left to wait for it is answered next", async () => {
  await using place = await talk([held, "Next."], { mode: "steer" })
  const [, two] = await crowd(place, ["one", "two"])
  place.model.release()
  expect(textOf(await place.chat.ended(two!))).toBe("Next.")
})

test("steer-backlog: it is heard at once and answered afterwards too", async () => {
  await using place = await talk([working, "Heard.", "Answered."], { mode: "steer+backlog" })
  const [one, two] = await crowd(place, ["one", "two"])
  place.model.release()
  expect(textOf(await place.chat.ended(one!))).toContain("Heard.")
  expect(textOf(await place.chat.ended(two!))).toBe("Answered.")
})

test("interrupt: the turn under way ends, what waited is called off, the newest is answered", async () => {
  await using place = await talk([held, "Newest."], { mode: "interrupt" })
  const [one, two] = await crowd(place, ["one", "two"])
  expect((await place.chat.ended(one!)).state).toBe("aborted")
  expect(textOf(await place.chat.ended(two!))).toBe("Newest.")
})

test("a session's own mode counts before the channel's and the config's", async () => {
  await using place = await talk([held, "Second.", "Third."], {
    byChannel: { webchat: "followup" },
  })
  const [, two, three] = await crowd(place, ["one", "two", "three"])
  place.model.release()
  expect(textOf(await place.chat.ended(two!))).toBe("Second.")
  expect(textOf(await place.chat.ended(three!))).toBe("Third.")
})

test("of too many a line each is left, and all of them end", async () => {
  await using place = await talk([held, "All."], { cap: 2 })
  const runs = await crowd(place, ["zero", "one", "two", "three", "four"])
  place.model.release()
  expect(textOf(await place.chat.ended(runs[4]!))).toBe("All.")
  for (const runId of runs.slice(1, 4))
    expect(await place.chat.ended(runId)).toMatchObject({ stopReason: "merged" })
  const [, summary, ...rest] = asked(place, 1)
  expect(summary).toContain("2 messages dropped")
  expect(summary).toContain("- one\n- two")
  expect(rest).toEqual(["three", "four"])
})

test("a message that found no room ends at once and says why", async () => {
  await using place = await talk([held, "The rest."], { cap: 1, drop: "new" })
  const [, , three] = await crowd(place, ["one", "two", "three"])
  expect(await place.chat.ended(three!)).toMatchObject({ state: "aborted", stopReason: "dropped" })
  place.model.release()
})

test("a command is answered while a turn runs, without waiting for it", async () => {
  await using place = await talk([held, "Second."])
  const [one] = await crowd(place, ["one"])
  expect(textOf(await place.chat.ask("/status"))).toContain("Session")
  expect(place.chat.ends(one!)).toEqual([])
  place.model.release()
  expect(textOf(await place.chat.ended(one!))).toBe("First.")
})

test("an abort of one that was taken along stops the turn that took it", async () => {
  await using place = await talk([held, { text: "Both.", holdRequest: true }, "Later."])
  const [, two, three] = await crowd(place, ["one", "two", "three"])
  await place.chat.abort((await place.chat.history()).sessionInfo!.activeRunIds[0])
  await place.model.called(2)
  await place.chat.abort(two)
  expect((await place.chat.ended(two!)).state).toBe("aborted")
  expect((await place.chat.ended(three!)).state).toBe("aborted")
  expect(textOf(await place.chat.ask("four"))).toBe("Later.")
})

test("what waits is called off before what runs, and leaves nothing behind", async () => {
  await using place = await talk([held])
  const [one, two, three] = await crowd(place, ["one", "two", "three"])
  expect((await place.chat.abort()).runIds).toEqual([one!, two!, three!])
  for (const runId of [one, two, three])
    expect((await place.chat.ended(runId!)).state).toBe("aborted")
  expect(place.model.calls).toHaveLength(1)
  expect((await place.chat.history()).sessionInfo!.activeRunIds).toEqual([])
})

test("messages with different rights never share a turn", async () => {
  await using place = await talk([held, "Mine.", "Theirs."])
  await crowd(place, ["one", "two"])
  const writer = await place.gateway.connect({ scopes: ["operator.read", "operator.write"] })
  const other = (await writer.request("chat.send", {
    sessionKey: "main",
    message: "three",
    idempotencyKey: "3",
  })) as { runId: string }
  place.model.release()
  expect(textOf(await place.chat.ended(other.runId))).toBe("Theirs.")
  expect(place.model.calls).toHaveLength(3)
})

test("history tells how hard the session thinks and how much it shows", async () => {
  await using place = await startConversation(["Hello."], {
    defaults: { verboseDefault: "on", thinkingDefault: "low" },
  })
  await place.chat.ask("hi")
  expect(await place.chat.history()).toMatchObject({ verboseLevel: "on", thinkingLevel: "low" })
})
