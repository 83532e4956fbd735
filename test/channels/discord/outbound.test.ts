import { expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { discord } from "../../../src/channels/discord/index.ts"
import { notSent, type Part } from "../../../src/kernel/network.ts"
import { plain } from "../../../src/kernel/styled.ts"
import { connectAdapter } from "../../support/adapter.ts"
import { fakeDiscord } from "../../support/fake-discord.ts"

let nonces = 0
const connected = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const network = await fakeDiscord()
  const host = await connectAdapter(discord, network, options)
  const { connection } = host
  const room = { id: network.room.id, kind: "channel" } as const
  return {
    network,
    connection,
    room,
    send: (part: Partial<Part>) =>
      connection.send({ conversation: room, nonce: `n-${(nonces += 1)}`, ...part }, never),
    last: () => network.requests.findLast(({ path }) => path.endsWith("/messages"))!.body,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}
const never = new AbortController().signal

const failure = async (work: Promise<unknown>) => {
  const error = await work.catch((error: unknown) => error)
  if (!notSent.is(error)) throw new Error("should have thrown channels.not-sent", { cause: error })
  return error.data
}

test("a part that was lost and is sent again appears once", async () => {
  await using at = await connected()
  const part = { text: plain("only once"), nonce: "same-nonce" }
  at.network.next("lost")
  expect((await failure(at.send(part))).why).toBe("lost")
  const { id } = await at.send(part)
  expect(at.network.seen.map((seen) => seen.id)).toEqual([id])
})

test("a part of a dead process is found by its nonce; equal words alone prove nothing", async () => {
  await using at = await connected()
  const part = (text: string, nonce: string) => ({
    conversation: at.room,
    text: plain(text),
    nonce,
  })
  const { id } = await at.connection.send(part("hello", "one"), never)
  expect(await at.connection.find!(part("hello", "one"))).toMatchObject({ id })
  expect(await at.connection.find!(part("hello", "two"))).toBeNull()
  expect(await at.connection.find!(part("other", "two"))).toBe("absent")
})

test("nobody is alerted but who is named, and answers show no pages", async () => {
  await using at = await connected()
  await at.send({ text: plain("@everyone https://a.test"), silent: true })
  expect(at.last()).toMatchObject({
    allowed_mentions: { parse: ["users"] },
    flags: 4 | 4096,
    enforce_nonce: true,
  })
  await at.send({ text: plain("https://a.test"), linkPreview: true })
  expect(at.last()).not.toHaveProperty("flags")
})

test("a private chat is opened once, by the person's id", async () => {
  await using at = await connected()
  const to = discord.target(`user:${at.network.ada.id}`)
  if ("problem" in to) throw new Error(to.problem)
  await at.send({ conversation: to, text: plain("hello") })
  await at.send({ conversation: to, text: plain("again") })
  expect(at.network.seen.map(({ room }) => room)).toEqual(
    Array(2).fill(at.network.direct(at.network.ada).id),
  )
  const opened = at.network.requests.filter(({ path }) => path === "/users/@me/channels")
  expect(opened).toHaveLength(1)
  const stranger = { id: "user:123456789", kind: "direct" } as const
  const data = await failure(at.send({ conversation: stranger, text: plain("x") }))
  expect(data).toMatchObject({ why: "refused", hint: expect.stringContaining("private messages") })
})

test("what is sent to a forum begins a thread", async () => {
  await using at = await connected()
  const forum = { id: at.network.forum.id, kind: "channel" } as const
  const sent = await at.send({
    conversation: forum,
    text: plain("\nA title\nand the rest"),
    buttons: [[{ label: "x", data: "y" }]],
  })
  const { body } = at.network.requests.findLast(({ path }) => path.endsWith("/threads"))!
  expect(body).toMatchObject({ name: "A title" })
  expect(at.network.seen.at(-1)!.id).toBe(sent.id)
  expect(sent.at).toBeGreaterThan(1_420_070_400_000)
})

test("buttons, polls and files are what they are", async () => {
  await using at = await connected()
  const buttons = [[{ label: "Allow", data: "allow:1", tone: "good" as const }]]
  await at.send({ text: plain("may I?"), buttons })
  expect(at.network.seen.at(-1)!.buttons).toEqual([[{ label: "Allow", data: "allow:1" }]])
  const poll = { question: "When?", options: ["now", "later"], most: 2 }
  await at.send({ poll: { ...poll, durationMs: 90 * 60_000 } })
  expect(at.last().poll).toMatchObject({ duration: 2, allow_multiselect: true })
  const long = await failure(at.send({ poll: { ...poll, durationMs: 1000 * 3_600_000 } }))
  expect(long.why).toBe("refused")
  const folder = await mkdtemp(join(tmpdir(), "fased-files-"))
  try {
    const path = join(folder, "a.png")
    await Bun.write(path, "12345")
    const enclosure = {
      path,
      kind: "image",
      mimeType: "image/png",
      name: "a.png",
      bytes: 5,
    } as const
    await at.send({ enclosure, text: plain("look") })
    expect(at.network.seen.at(-1)).toMatchObject({
      text: "look",
      files: [{ name: "a.png", bytes: 5 }],
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("many messages to one room run into no rate limit", async () => {
  await using at = await connected()
  for (let index = 0; index < 12; index += 1) await at.send({ text: plain(`number ${index}`) })
  expect(at.network.seen).toHaveLength(12)
})

test("an empty reaction takes back all of ours, and a message that is gone stays gone", async () => {
  await using at = await connected()
  const said = await at.network.say(at.network.ada, at.network.room, "x")
  const { connection, room } = at
  await connection.react!(room, said, "👍", "add")
  await connection.react!(room, said, "🎉", "add")
  await connection.react!(room, said, "", "remove")
  const removed = at.network.requests.filter(({ method }) => method === "DELETE")
  expect(removed).toHaveLength(2)
  const { id } = await at.send({ text: plain("y") })
  await connection.remove!(room, id)
  await connection.remove!(room, id)
  const part = { conversation: room, text: plain("z"), nonce: "z" }
  expect((await failure(connection.edit!(part, id, never))).why).toBe("refused")
})

test("what a person says in a room can be read back", async () => {
  await using at = await connected()
  await at.network.say(at.network.ada, at.network.room, "said before")
  const [newest] = await at.connection.history!(at.room, { limit: 5 })
  expect(newest).toMatchObject({ text: "said before", sender: { ids: [at.network.ada.id] } })
})

test("rooms are found by name", async () => {
  await using at = await connected()
  while (!(await at.connection.directory!.rooms("room", 5)).length) await Bun.sleep(1)
  expect(await at.connection.directory!.rooms("room", 5)).toEqual([
    { id: at.network.room.id, name: "#the-room", target: `channel:${at.network.room.id}` },
  ])
})

test("an action is one request, and its refusal names the permission", async () => {
  await using at = await connected()
  const act = at.connection.act!
  const channelId = at.network.room.id
  expect(await act("channel-info", { channelId })).toMatchObject({ name: "the-room" })
  expect(await act("pin", { channelId, messageId: "123456789" })).toEqual({})
  const { guild: guildId, role: roleId, ada } = at.network
  const data = await failure(act("role-add", { guildId, userId: ada.id, roleId }))
  expect(data).toMatchObject({ why: "refused", hint: expect.stringContaining("permission") })
  expect((await failure(act("toString", {}))).why).toBe("refused")
})
