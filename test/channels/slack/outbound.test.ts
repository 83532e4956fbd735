import { expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { slack } from "../../../src/channels/slack/index.ts"
import { notSent, type Part } from "../../../src/kernel/network.ts"
import { plain } from "../../../src/kernel/styled.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeSlack } from "../../support/fake-slack.ts"

const never = new AbortController().signal
const start = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const network = fakeSlack()
  const host = await connectAdapter(slack, network, options)
  return {
    network,
    host,
    connection: host.connection,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}
let parts = 0
const part = (id: string, text: string, more: Partial<Part> = {}): Part => ({
  conversation: { id },
  text: plain(text),
  nonce: `n-${++parts}`,
  ...more,
})
const failureOf = async (work: Promise<unknown>) => {
  const error = await work.catch((error: unknown) => error)
  if (!notSent.is(error)) throw new Error("should not be sent", { cause: error })
  return error.data
}

test("an answer to a message opens its thread, and what is in a thread stays there", async () => {
  await using place = await start()
  const { network, connection } = place
  const root = await network.say(network.ada, network.room, "hi")
  const { id } = network.room
  await connection.send(part(id, "a", { replyTo: root }), never)
  const thread = { id: root, kind: "thread" as const }
  await connection.send(part(id, "b", { conversation: { id, thread }, replyTo: "1.2" }), never)
  await connection.send(part(id, "c"), never)
  expect(network.seen.map(({ text, thread }) => [text, thread])).toEqual([
    ["a", root],
    ["b", root],
    ["c", undefined],
  ])
})

test("a person is written to in the room the two of them share, a channel also by its name", async () => {
  await using place = await start()
  const { network, connection } = place
  await connection.send(part(network.ada.id, "psst"), never)
  await connection.send(part("#general", "hear"), never)
  expect(network.seen.map(({ room }) => room)).toEqual(["DADA00001", "CROOM0001"])
  expect(await failureOf(connection.send(part("#nowhere", "x"), never))).toMatchObject({
    why: "refused",
  })
})

test("what Slack refuses says what to do", async () => {
  await using place = await start()
  const { network, connection } = place
  expect(await failureOf(connection.send(part("CALIEN001", "x"), never))).toMatchObject({
    why: "refused",
    hint: expect.stringContaining("/invite"),
  })
  network.workspace.scopes.delete("chat:write")
  expect(await failureOf(connection.send(part("CROOM0001", "x"), never))).toMatchObject({
    why: "refused",
    hint: expect.stringContaining("chat:write"),
  })
})

test("buttons stand below the text and bring back what they hold", async () => {
  await using place = await start()
  const { network, connection } = place
  const buttons = [
    [
      { label: "Allow", data: "allow:1", tone: "good" as const },
      { label: "Deny", data: "deny:1", tone: "bad" as const },
    ],
  ]
  const { id } = await connection.send(part("CROOM0001", "May I *run* it?", { buttons }), never)
  expect(network.seen[0]).toMatchObject({ text: "May I *run* it?", buttons })
  await connection.edit!(part("CROOM0001", "Allowed."), id, never)
  expect(network.seen[0]).toMatchObject({ text: "Allowed.", edited: 1 })
  expect(network.seen[0]).not.toHaveProperty("buttons")
})

test("a file is shown with its text, where it belongs, under the id of its message", async () => {
  await using place = await start()
  const { network, connection } = place
  const folder = await mkdtemp(join(tmpdir(), "fased-slack-"))
  const path = join(folder, "random")
  await Bun.write(path, "0123456789")
  const root = await network.say(network.ada, network.room, "send me the file")
  const enclosure = {
    path,
    kind: "document",
    mimeType: "text/plain",
    name: "a b.txt",
    bytes: 10,
  } as const
  const sent = await connection.send(
    part("CROOM0001", "here, *as it is*", { enclosure, replyTo: root }),
    never,
  )
  expect(network.seen).toMatchObject([
    {
      id: sent.id,
      thread: root,
      text: "here, *as it is*",
      files: [{ name: "a b.txt", bytes: 10 }],
    },
  ])
  await rm(folder, { recursive: true })
})

test("whether a part arrived is found out by its nonce, in rooms and threads", async () => {
  await using place = await start()
  const { network, connection } = place
  const root = await network.say(network.ada, network.room, "hi")
  for (const more of [{}, { replyTo: root }]) {
    const lost = part("CROOM0001", "did it arrive?", more)
    network.next("lost")
    expect(await failureOf(connection.send(lost, never))).toMatchObject({ why: "lost" })
    expect(await connection.find!(lost)).toMatchObject({ id: network.seen.at(-1)!.id })
    expect(await connection.find!(part("CROOM0001", "did it arrive?", more))).toBe("absent")
  }
  network.workspace.scopes.delete("channels:history")
  expect(await connection.find!(part("CROOM0001", "x"))).toBeNull()
})

test("a slash command is answered to who asked, at its own address, and in the room when that is used up", async () => {
  await using place = await start({ settings: { slashCommand: { enabled: true } } })
  const { network, host, connection } = place
  const { acked, response } = network.command(network.ada, network.room, "/fased", "how are you?")
  expect(await acked).toBeUndefined()
  const { deed, via, conversation, sender } = await host.until(() => true)
  expect(deed).toEqual({ kind: "command", text: "how are you?" })
  expect(conversation).toMatchObject({ kind: "channel", title: "general" })
  expect(sender).toMatchObject({ ids: [network.ada.id], username: "ada" })
  for (let i = 0; i < 5; i++) await connection.send(part("CROOM0001", `fine ${i}`, { via }), never)
  expect(response.said[0]).toMatchObject({ response_type: "ephemeral", text: "fine 0" })
  expect(network.seen).toEqual([])
  await connection.send(part("CROOM0001", "and one more", { via }), never)
  expect(network.seen[0]).toMatchObject({ text: "and one more" })
  expect(network.workspace.rooms.get("CROOM0001")!.messages[0]).toMatchObject({
    ephemeralTo: network.ada.id,
  })
})

test("a file for one person alone goes to them, not into the room", async () => {
  await using place = await start({ settings: { slashCommand: { enabled: true } } })
  const { network, host, connection } = place
  await network.command(network.ada, network.room, "/fased", "send me the file").acked
  const { via } = await host.until(() => true)
  const folder = await mkdtemp(join(tmpdir(), "fased-slack-"))
  const path = join(folder, "random")
  await Bun.write(path, "abc")
  const enclosure = { path, kind: "document", mimeType: "text/plain", name: "a", bytes: 3 } as const
  await connection.send(part("CROOM0001", "here", { enclosure, via }), never)
  expect(network.seen).toMatchObject([{ room: "DADA00001", files: [{ name: "a" }] }])
  await rm(folder, { recursive: true })
})

test("an answer goes to no address that is not Slack's", async () => {
  await using place = await start()
  const via = JSON.stringify({
    responseUrl: "https://evil.example/x",
    channel: "CROOM0001",
    user: "UADA00001",
    ephemeral: true,
  })
  expect(
    await failureOf(place.connection.send(part("CROOM0001", "x", { via }), never)),
  ).toMatchObject({ why: "refused", text: expect.stringContaining("foreign_address") })
})

test("typing is a status in a thread, and a reaction that comes and goes elsewhere", async () => {
  await using place = await start({ settings: { typingReaction: ":hourglass:" } })
  const { network, host, connection } = place
  const id = await network.say(network.ada, network.room, "hello")
  await host.until(saysOf("hello"))
  const room = { id: "CROOM0001" }
  const reactions = () => [...network.workspace.rooms.get(room.id)!.messages[0]!.reactions]
  await connection.typing!(room, true)
  await connection.typing!(room, true)
  expect(reactions()).toMatchObject([["hourglass", new Set(["UBOT00001"])]])
  await connection.typing!(room, false)
  expect(reactions()).toMatchObject([["hourglass", new Set()]])
  await connection.typing!({ ...room, thread: { id, kind: "thread" } }, true)
  expect(network.calls.at(-1)).toEqual({
    method: "assistant.threads.setStatus",
    args: { channel_id: room.id, thread_ts: id, status: "is typing…" },
  })
  network.workspace.scopes.delete("assistant:write")
  for (const on of [true, false, true])
    await connection.typing!({ ...room, thread: { id, kind: "thread" } }, on)
  const asked = network.calls.filter(({ method }) => method === "assistant.threads.setStatus")
  expect(asked).toHaveLength(2)
})

test("reactions are given by sign or name, twice is no failure, and all are taken back at once", async () => {
  await using place = await start()
  const { network, connection } = place
  const id = await network.say(network.ada, network.room, "hello")
  const room = { id: "CROOM0001" }
  for (const emoji of ["👍", ":eyes:", "white_check_mark", "❤️", "👍"])
    await connection.react!(room, id, emoji, "add")
  const reactions = () =>
    [...network.workspace.rooms.get(room.id)!.messages[0]!.reactions].flatMap(([name, by]) =>
      by.size ? [name] : [],
    )
  expect(reactions()).toEqual(["+1", "eyes", "white_check_mark", "heart"])
  await connection.react!(room, id, "eyes", "remove")
  await connection.react!(room, id, "eyes", "remove")
  await connection.react!(room, id, "", "remove")
  expect(reactions()).toEqual([])
  expect(await failureOf(connection.react!(room, id, "🪿", "add"))).toMatchObject({
    hint: expect.stringContaining("by name"),
  })
})

test("history is newest first, of a room or of a thread", async () => {
  await using place = await start()
  const { network, connection } = place
  const root = await network.say(network.ada, network.room, "one")
  await network.say(network.ada, network.room, "in it", { replyTo: root })
  const two = await network.say(network.ada, network.room, "two")
  const texts = async (range: object, thread?: string) =>
    (
      await connection.history!(
        { id: "CROOM0001", ...(thread && { thread: { id: thread, kind: "thread" } }) },
        { limit: 10, ...range },
      )
    ).map(({ text }) => text)
  expect(await texts({})).toEqual(["two", "one"])
  expect(await texts({ before: two })).toEqual(["one"])
  expect(await texts({}, root)).toEqual(["in it", "one"])
})

test("people, rooms and members are found over many pages", async () => {
  await using place = await start()
  const { directory } = place.connection
  expect(await directory!.people("BO", 5)).toEqual([
    { id: "UBOB00001", name: "Bob", target: "user:UBOB00001" },
  ])
  expect(await directory!.rooms("", 9)).toHaveLength(3)
  expect(await directory!.rooms("gener", 5)).toEqual([
    { id: "CROOM0001", name: "#general", target: "channel:CROOM0001" },
  ])
  expect(await directory!.members!("CROOM0001", 1)).toMatchObject([{ name: "Ada" }])
})

test("pins, reactions, members and emoji are there by their names", async () => {
  await using place = await start()
  const { network, connection } = place
  const id = await network.say(network.ada, network.room, "pin me")
  const message = { to: "channel:CROOM0001", messageId: id }
  await connection.act!("pin", message)
  await connection.act!("pin", message)
  expect(await connection.act!("list-pins", { to: "#general" })).toMatchObject({
    pins: [{ messageId: id, text: "pin me" }],
  })
  await connection.act!("unpin", message)
  await connection.act!("unpin", message)
  await connection.react!({ id: "CROOM0001" }, id, "eyes", "add")
  expect(await connection.act!("reactions", message)).toMatchObject({
    reactions: [{ name: "eyes" }],
  })
  expect(await connection.act!("member-info", { userId: "user:UADA00001" })).toMatchObject({
    member: { real_name: "Ada" },
  })
  expect(await connection.act!("emoji-list", {})).toEqual({ emoji: ["fased"] })
  expect(await failureOf(connection.act!("format-disk", {}))).toMatchObject({ why: "refused" })
})

test("a probe names who it is, missing scopes and rooms the bot is not in", async () => {
  await using place = await start({ settings: { channels: { CROOM0001: {}, CALIEN001: {} } } })
  const { network, connection } = place
  network.workspace.scopes.delete("files:write")
  const probe = await connection.probe!(never)
  expect(probe.account).toBe("@fased in Fake (id UBOT00001)")
  expect(probe.ok).toBe(true)
  expect(probe.findings).toEqual([
    { text: expect.stringContaining("files:write"), hint: expect.stringContaining("files:write") },
    { text: "The bot is not in #strangers.", hint: expect.stringContaining("/invite") },
  ])
  network.workspace.scopes.delete("chat:write")
  expect((await connection.probe!(never)).ok).toBe(false)
})
