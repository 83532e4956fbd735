import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { connect } from "../../src/client/connect.ts"
import type { Client } from "../../src/client/connect.ts"
import { answeredBy, freshHome, testToken } from "../support/binary.ts"
import type { Gateway } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import type { Turn } from "../support/fake-model.ts"

const answer = "A whole answer of seven words here."
const sessionKey = "agent:main:main"

const clientOf = ({ wsUrl }: Gateway) => connect({ url: wsUrl, token: testToken, version: "0" })

interface Said {
  role: string
  content: string | { type: string; text?: string }[]
}
const history = async (client: Client) =>
  ((await client.request("chat.history", { sessionKey })) as { messages: Said[] }).messages

const chatState = (client: Client, wanted: string) =>
  new Promise<void>((resolve) => {
    client.on("chat", (payload) => {
      if ((payload as { state: string }).state === wanted) resolve()
    })
  })

type Model = ReturnType<typeof fakeModel>
const moments: { when: string; first: Turn; until: (client: Client, model: Model) => unknown }[] = [
  {
    when: "once the message is accepted",
    first: { text: answer, holdRequest: true },
    until: () => {},
  },
  {
    when: "while the model thinks",
    first: { text: answer, holdRequest: true },
    until: (_, model) => model.called(),
  },
  {
    when: "while the answer streams in",
    first: { text: answer, holdAfter: 3 },
    until: (client) => chatState(client, "delta"),
  },
]

test.each(moments)("kill -9 $when: it is answered once, after the restart", async (moment) => {
  await using model = fakeModel({ turns: [moment.first, answer] })
  await using home = freshHome()
  home.configure(answeredBy(model))
  const first = await home.start()
  const client = await clientOf(first)
  const message = { sessionKey, message: "Are you there?", idempotencyKey: "crash-1" }
  const reached = moment.until(client, model)
  const { runId } = (await client.request("chat.send", message)) as { runId: string }
  await reached
  await first.end("SIGKILL")

  await using second = await home.start()
  await using again = await clientOf(second)
  // A client that did not hear the answer sends it again: it is the same message.
  expect(await again.request("chat.send", message)).toMatchObject({ runId })
  model.release()
  expect(await again.request("agent.wait", { runId, timeoutMs: 10_000 })).toMatchObject({
    status: "ok",
  })
  const said = await history(again)
  expect(said.filter(({ role }) => role === "user")).toMatchObject([{ content: "Are you there?" }])
  const whole = said.filter(({ content }) => JSON.stringify(content).includes(answer))
  expect(whole).toMatchObject([{ role: "assistant" }])
  expect(said.at(-1)).toEqual(whole[0]!)
})

test("kill -9 once it is answered: the answer is there, and the model is not asked again", async () => {
  await using model = fakeModel({ turns: [answer] })
  await using home = freshHome()
  home.configure(answeredBy(model))
  const first = await home.start()
  const client = await clientOf(first)
  const message = { sessionKey, message: "Are you there?", idempotencyKey: "crash-2" }
  const final = chatState(client, "final")
  await client.request("chat.send", message)
  await final
  await first.end("SIGKILL")

  await using second = await home.start()
  await using again = await clientOf(second)
  expect(await again.request("chat.send", message)).toMatchObject({ status: "ok" })
  expect(await history(again)).toMatchObject([
    { role: "user" },
    { role: "assistant", content: [{ text: answer }] },
  ])
  expect(model.calls).toHaveLength(1)
})

test("killed between the answer and its being ticked off, it does not answer again", async () => {
  await using model = fakeModel({ turns: [answer] })
  await using home = freshHome()
  home.configure(answeredBy(model))
  const first = await home.start()
  const client = await clientOf(first)
  const final = chatState(client, "final")
  await client.request("chat.send", { sessionKey, message: "Once?", idempotencyKey: "crash-3" })
  await final
  await first.end("SIGKILL")
  const db = new Database(`${home.state}/fased.db`)
  db.run("UPDATE inbox SET settled_at = NULL")
  db.close()

  await using second = await home.start()
  await using again = await clientOf(second)
  const last = { sessionKey, message: "And now?", idempotencyKey: "crash-4" }
  const { runId } = (await again.request("chat.send", last)) as { runId: string }
  await again.request("agent.wait", { runId, timeoutMs: 10_000 })
  expect(model.calls).toHaveLength(2)
  expect(await history(again)).toHaveLength(4)
})

test("ten kills in a row, whenever they hit, lose no message and answer none twice", async () => {
  await using model = fakeModel({ turns: [(call) => `Re: ${call.body.messages.at(-1).content}`] })
  await using home = freshHome()
  home.configure(answeredBy(model))
  const accepted: string[] = []
  for (let round = 0; round < 10; round++) {
    const gateway = await home.start()
    const client = await clientOf(gateway)
    const text = `message number ${round} end`
    await client.request("chat.send", { sessionKey, message: text, idempotencyKey: `k${round}` })
    accepted.push(text)
    await Bun.sleep(round)
    await gateway.end("SIGKILL")
  }
  await using gateway = await home.start()
  await using client = await clientOf(gateway)
  const last = { sessionKey, message: "the last", idempotencyKey: "last" }
  const { runId } = (await client.request("chat.send", last)) as { runId: string }
  await client.request("agent.wait", { runId, timeoutMs: 10_000 })
  const said = await history(client)
  const asked = said.filter(({ role }) => role === "user").map(({ content }) => content)
  expect(asked).toEqual([...accepted, "the last"])
  for (const text of accepted)
    expect(
      said.filter(({ content }) => JSON.stringify(content).includes(`Re: ${text}`)),
    ).toHaveLength(1)
})
