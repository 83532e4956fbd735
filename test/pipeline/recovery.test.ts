import { expect, test } from "bun:test"
import { Database } from "../../src/store/database.ts"
import { createInboxStore } from "../../src/inbox/store.ts"
import { migrations } from "../../src/registry.ts"
import type { Message } from "../../src/sessions/message.ts"
import { createSessionStore } from "../../src/sessions/store.ts"
import { listen, textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"
import type { TestGateway } from "../support/gateway.ts"
import { temporaryHome } from "../support/gateway.ts"
import { resolvePaths } from "../../src/config/paths.ts"

const key = "agent:main:main"
const minutes = 60_000

/** A home as a dead process left it: messages accepted, and what their turns had written. */
const leftBehind = async (
  left: { id: string; ageMs: number; text?: string; written?: Message[] }[],
): Promise<{ path: string; [Symbol.asyncDispose]: () => Promise<void> }> => {
  const home = await temporaryHome()
  const { database } = resolvePaths({ HOME: home.path })
  const db = new Database(database, migrations)
  const sessions = createSessionStore(db)
  const inbox = createInboxStore(db)
  for (const { id, ageMs, text = `question ${id}`, written } of left) {
    const acceptedAt = Date.now() - ageMs
    const message = {
      channel: "webchat",
      account: "default",
      chat: key,
      id,
      sender: { kind: "operator" as const, clientId: "cli", admin: true },
      text,
    }
    const runId = `run-${id}`
    await inbox.accept({ runId, sessionKey: key, agentId: "main", message, acceptedAt })
    if (!written) continue
    const session = await sessions.open(key, "main", acceptedAt)
    const question: Message = { role: "user", content: message.text, timestamp: acceptedAt }
    await sessions.begin(session, { runId, at: acceptedAt, question })
    await sessions.append(session, runId, written)
  }
  db.close()
  return home
}

const settled = ({ paths }: TestGateway) => {
  const db = new Database(paths.database, migrations)
  const { open } = db.sqlite
    .query<{ open: number }, []>("SELECT count(*) AS open FROM inbox WHERE settled_at IS NULL")
    .get()!
  db.close()
  return open === 0
}

/** Resolves when nothing runs or waits any more. */
const quiet = async ({ gateway, chat }: Awaited<ReturnType<typeof startConversation>>) => {
  for (;;) {
    const { sessionInfo } = await chat.history()
    if (sessionInfo && !sessionInfo.hasActiveRun) return expect(settled(gateway)).toBe(true)
    for (const runId of sessionInfo?.activeRunIds ?? [])
      await gateway.client.request("agent.wait", { runId })
  }
}

const asked = { type: "toolCall" as const, id: "call_1", name: "session_status", arguments: {} }
const called: Message = { role: "assistant", content: [asked], timestamp: 1, stopReason: "toolUse" }
const answered: Message = {
  role: "assistant",
  content: [{ type: "text", text: "Said before the crash." }],
  stopReason: "stop",
  timestamp: 2,
}

test("messages that were accepted and not answered are answered, in order, once", async () => {
  await using home = await leftBehind([
    { id: "1", ageMs: 2000 },
    { id: "2", ageMs: 1000 },
  ])
  await using place = await startConversation(
    [({ body }) => `To ${body.messages.at(-1).content}.`],
    { home: home.path },
  )
  await quiet(place)
  const { messages } = await place.chat.history()
  expect(messages.map(({ content }) => content[0].text ?? content)).toEqual([
    "question 1",
    "To question 1.",
    "question 2",
    "To question 2.",
  ])
  await place.gateway.stop()
  await using later = await startConversation(["Again?"], { home: home.path })
  expect(later.model.calls).toHaveLength(0)
  expect((await later.chat.history()).messages).toHaveLength(4)
})

test("a command that a dead process left is not done again, and no model reads it", async () => {
  await using home = await leftBehind([
    { id: "1", ageMs: 2000, text: "/verbose full" },
    { id: "2", ageMs: 1000, text: "/think low go on" },
  ])
  const read: string[] = []
  const answer = ({ body }: { body: { messages: { content: string }[] } }) => {
    read.push(body.messages.at(-1)!.content)
    return "Going on."
  }
  await using place = await startConversation([answer as never], { home: home.path })
  await quiet(place)
  expect(read).toEqual(["go on"])
  const { sessionInfo } = await place.chat.history()
  expect(sessionInfo!.verboseLevel ?? "off").toBe("off")
})

test("a turn cut short between a call and its result goes on, and the model is told", async () => {
  await using home = await leftBehind([{ id: "1", ageMs: 1000, written: [called] }])
  await using place = await startConversation(["Recovered."], { home: home.path })
  await quiet(place)
  const { messages } = place.model.calls[0]!.body
  expect(messages.at(-1)).toMatchObject({ role: "tool", tool_call_id: "call_1" })
  expect(messages.at(-1).content).toContain("fased stopped before this tool answered")
  expect((await place.chat.history()).messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "assistant",
  ])
})

test("a turn that had said its last word is not run again", async () => {
  await using home = await leftBehind([{ id: "1", ageMs: 1000, written: [answered] }])
  await using place = await startConversation(["Twice!"], { home: home.path })
  await quiet(place)
  expect(place.model.calls).toHaveLength(0)
  expect((await place.chat.history()).messages).toHaveLength(2)
  expect(await place.chat.send("question 1", { idempotencyKey: "1" })).toEqual({
    runId: "run-1",
    status: "ok",
  })
})

test("what is hours old is told about, not answered", async () => {
  await using home = await leftBehind([
    { id: "1", ageMs: 60 * minutes },
    { id: "2", ageMs: 61 * minutes, written: [called] },
    { id: "3", ageMs: 62 * minutes, written: [answered] },
  ])
  await using place = await startConversation(["Late."], { home: home.path })
  await quiet(place)
  expect(place.model.calls).toHaveLength(0)
  const { messages } = await place.chat.history()
  const notes = messages.filter(({ label }) => label === "gateway")
  expect(notes).toHaveLength(2)
  expect(notes[0]!.content[0].text).toContain("Send it again if it still matters")
})

test("a message sent again while its turn runs, and after, starts nothing", async () => {
  await using home = await temporaryHome()
  await using place = await startConversation([{ text: "Once.", holdRequest: true }], {
    home: home.path,
  })
  const again = () => place.chat.send("hi", { idempotencyKey: "same" })
  const first = await again()
  expect(first.status).toBe("started")
  expect(await again()).toEqual({ runId: first.runId, status: "in_flight" })
  await place.model.called()
  place.model.release()
  await place.chat.ended(first.runId)
  expect(await again()).toEqual({ runId: first.runId, status: "ok" })
  await place.gateway.stop()
  await using later = await startConversation(["Twice!"], { home: home.path })
  const sent = await later.chat.send("hi", { idempotencyKey: "same" })
  expect(sent).toEqual({ runId: first.runId, status: "ok" })
  expect(later.model.calls).toHaveLength(0)
})

test("twenty copies of a message at the same moment are one turn", async () => {
  await using place = await startConversation(["Once."])
  const others = await Promise.all([place.gateway.connect(), place.gateway.connect()])
  const senders = [place.chat, ...others.map((client) => listen(client))]
  const sent = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      senders[at % senders.length]!.send("hi", { idempotencyKey: "same" }),
    ),
  )
  expect(new Set(sent.map(({ runId }) => runId)).size).toBe(1)
  expect(sent.filter(({ status }) => status === "started")).toHaveLength(1)
  expect(textOf(await place.chat.ended(sent[0]!.runId))).toBe("Once.")
  expect(place.model.calls).toHaveLength(1)
})

test("stopping the gateway leaves what it had no time for to the next one", async () => {
  await using home = await temporaryHome()
  const before = await startConversation([{ text: "one two", holdAfter: 1 }], { home: home.path })
  const running = await before.chat.send("running")
  const waiting = await before.chat.send("waiting")
  await before.chat.until(() => before.chat.events.find(({ state }) => state === "delta"))
  const stopped = before.gateway.stop()
  await stopped
  await before.model.close()
  await using after = await startConversation(
    [({ body }) => `To ${body.messages.at(-1).content}.`],
    { home: home.path },
  )
  await quiet(after)
  const { messages } = await after.chat.history()
  expect(messages.map(({ content }) => content[0].text ?? content)).toEqual([
    "running",
    "To running.",
    "waiting",
    "To waiting.",
  ])
  for (const { runId } of [running, waiting])
    expect(await after.gateway.client.request("agent.wait", { runId })).toMatchObject({
      status: "ok",
    })
}, 15_000)

/** Two messages of which a dead process noted that the turn of the first answers the second too. */
const takenAlong = async (
  midway: boolean,
  written: (text: string, id: string) => Message[],
): Promise<Awaited<ReturnType<typeof leftBehind>>> => {
  const home = await leftBehind([
    { id: "1", ageMs: 2000 },
    { id: "2", ageMs: 1000 },
  ])
  const db = new Database(resolvePaths({ HOME: home.path }).database, migrations)
  const sessions = createSessionStore(db)
  await createInboxStore(db).merge(["run-2"], "run-1", midway)
  const messages = written("question 2", "2:user")
  if (messages.length) {
    const session = await sessions.open(key, "main", 1)
    const asked = { role: "user" as const, timestamp: 1 }
    const question = { ...asked, content: "question 1", idempotencyKey: "1:user" }
    await sessions.begin(session, { runId: "run-1", at: 1, question })
    await sessions.append(session, "run-1", messages)
  }
  db.close()
  return home
}
const asked2 = (content: string, idempotencyKey: string): Message[] => [
  { role: "user", content, idempotencyKey, timestamp: 1 },
]

test.each<[string, boolean, (text: string, id: string) => Message[], string[]]>([
  ["noted and no more: each is answered", false, () => [], ["question 1", "question 2"]],
  ["written down: it goes on with its turn", false, asked2, ["question 2"]],
  ["noted while it ran, not heard: each is answered", true, () => [called], ["", "question 2"]],
  ["heard while it ran: it goes on with its turn", true, asked2, ["question 2"]],
  ["answered along with it: nothing is said again", false, () => [answered], []],
])("what a turn took along, %s", async (_, midway, written, answers) => {
  await using home = await takenAlong(midway, written)
  await using place = await startConversation(["Answered."], { home: home.path })
  await quiet(place)
  const last = place.model.calls.map(({ body }) => body.messages.at(-1))
  expect(last.map(({ role, content }) => (role === "user" ? content : ""))).toEqual(answers)
  const { messages } = await place.chat.history()
  const questions = messages.filter(({ role }) => role === "user").map(({ content }) => content)
  expect(new Set(questions).size).toBe(questions.length)
  for (const id of ["1", "2"])
    expect(await place.chat.send(`question ${id}`, { idempotencyKey: id })).toMatchObject({
      status: "ok",
    })
})
