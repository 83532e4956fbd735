import { expect, test } from "bun:test"
import { telegram } from "../../../src/channels/telegram/index.ts"
import type { Arrival } from "../../../src/kernel/network.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { type FakeTelegram, fakeTelegram } from "../../support/fake-telegram.ts"

const connected = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const network = await fakeTelegram()
  const host = await connectAdapter(telegram, network, options)
  await network.untilConnected()
  return {
    network,
    host,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}
const messageIn = ({ deed }: Arrival) => {
  if (deed.kind !== "message") throw new Error(`a ${deed.kind} is no message`)
  return deed
}
const photo = (network: FakeTelegram, bytes: Uint8Array) => {
  const id = network.keep(bytes, `photos/file_${bytes.length}.jpg`)
  const size = { file_unique_id: id, file_size: bytes.length, width: 1, height: 1 }
  return [
    { ...size, file_id: `${id}-small`, file_size: 1 },
    { ...size, file_id: id },
  ]
}
const never = new AbortController().signal

test("pictures of one album are one message", async () => {
  await using at = await connected()
  const { network, host } = at
  const direct = network.direct(network.ada)
  for (const size of [1, 2, 3])
    network.message(network.ada, direct, {
      media_group_id: "album",
      photo: photo(network, new Uint8Array(size)),
      ...(size === 2 && { caption: "look at these" }),
    })
  const deed = messageIn(await host.until(saysOf("look at these")))
  expect(deed.attachments?.map(({ kind, bytes }) => [kind, bytes])).toEqual([
    ["image", 1],
    ["image", 2],
    ["image", 3],
  ])
  expect(host.arrivals).toHaveLength(1)
})

test("a long text that the sender's app cut is put together again", async () => {
  await using at = await connected()
  const { network, host } = at
  const direct = network.direct(network.ada)
  await network.say(network.ada, direct, "a".repeat(4096))
  await network.say(network.ada, direct, "b".repeat(4096))
  await network.say(network.ada, direct, "the end")
  const { text } = messageIn(await host.until(saysOf("the end")))
  expect(text).toBe(`${"a".repeat(4096)}${"b".repeat(4096)}the end`)
  expect(host.arrivals).toHaveLength(1)
})

test("what follows from somebody else is not taken for the rest of a long text", async () => {
  await using at = await connected()
  const { network, host } = at
  const bob = { id: "1002", name: "Bob" }
  await network.say(network.ada, network.room, "a".repeat(4096))
  await network.say(bob, network.room, "mine")
  await host.until(saysOf("mine"))
  expect(host.arrivals.map(({ sender }) => sender.ids[0])).toEqual(["1001", "1002"])
})

test("a topic is a place of its own, and the first one is named too", async () => {
  await using at = await connected()
  const { network, host } = at
  await network.say(network.ada, network.topic, "in the topic")
  await network.say(network.ada, network.forum, "in general")
  const topic = await host.until(saysOf("in the topic"))
  const general = await host.until(saysOf("in general"))
  expect(topic.conversation).toMatchObject({
    id: network.forum.id,
    thread: { id: "7", kind: "topic" },
  })
  expect(general.conversation.thread).toEqual({ id: "1", kind: "topic" })
})

test("outside of forums a chain of replies is no place of its own", async () => {
  await using at = await connected()
  const { network, host } = at
  network.message(network.ada, network.room, { text: "in a chain", message_thread_id: 99 })
  expect((await host.until(saysOf("in a chain"))).conversation.thread).toBeUndefined()
})

test("an answer to the bot says so; the message that made a topic is no quote", async () => {
  await using at = await connected()
  const { network, host } = at
  const part = { conversation: { id: network.room.id }, text: { text: "a question", spans: [] } }
  const { id } = await host.connection.send({ ...part, nonce: "1" }, never)
  await network.say(network.ada, network.room, "an answer", { replyTo: id })
  const { quoted } = messageIn(await host.until(saysOf("an answer")))
  expect(quoted).toMatchObject({ id, text: "a question", own: true })
  network.message(network.ada, network.topic, {
    text: "first",
    reply_to_message: { message_id: 7, forum_topic_created: { name: "Topic" } },
  })
  expect(messageIn(await host.until(saysOf("first"))).quoted).toBeUndefined()
})

test.each([
  ["another bot", "/status@other_bot now", { bot: false, others: true }],
  ["nobody", "/unknown now", { bot: false, others: false }],
])("a command for %s is text, and says whom it was meant for", async (_, text, mentions) => {
  await using at = await connected({ menu: [{ name: "status", description: "How it stands." }] })
  const { network, host } = at
  await network.say(network.ada, network.room, text)
  expect(messageIn(await host.until(({ deed }) => deed.kind === "message"))).toMatchObject({
    text,
    mentions,
  })
})

test("a name that merely stands in the text is no mention", async () => {
  await using at = await connected()
  const { network, host } = at
  network.message(network.ada, network.room, { text: "write to @fased_test_bot", entities: [] })
  const { mentions } = messageIn(await host.until(saysOf("write to")))
  expect(mentions).toEqual({ bot: false, others: false })
})

test("whoever writes in the name of a chat is that chat, not the bot that all of them share", async () => {
  await using at = await connected()
  const { network, host } = at
  network.message(network.ada, network.room, {
    text: "anonymous",
    from: { id: 1087968824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" },
    sender_chat: { id: Number(network.room.id), type: "supergroup", title: "The Room" },
  })
  const { sender } = await host.until(saysOf("anonymous"))
  expect(sender.ids).toEqual([network.room.id])
})

test("N136 a chat whose kind Telegram did not say has none", async () => {
  await using at = await connected()
  const { network, host } = at
  network.message(network.ada, network.room, {
    text: "where am I",
    chat: { id: Number(network.room.id) },
  })
  expect((await host.until(saysOf("where am I"))).conversation.kind).toBeUndefined()
})

test("a file is described, and fetched only when it is asked for", async () => {
  await using at = await connected()
  const { network, host } = at
  const bytes = crypto.getRandomValues(new Uint8Array(5000))
  const file = { name: "../../etc/passwd", bytes, mimeType: "text/plain" }
  await network.say(network.ada, network.direct(network.ada), "see this", { file })
  const [attachment] = messageIn(await host.until(saysOf("see this"))).attachments!
  expect(attachment).toMatchObject({ kind: "document", bytes: 5000, mimeType: "text/plain" })
  const download = host.connection.download!
  expect(await download(attachment!.ref, 5000, never)).toEqual(bytes)
  expect(download(attachment!.ref, 4999, never)).rejects.toMatchObject({
    code: "channels.file-too-big",
  })
})

test("a path that leads elsewhere is not asked for", async () => {
  await using at = await connected()
  const { network, host } = at
  const id = network.keep(new Uint8Array([1]), "../../bot/getMe")
  const ref = JSON.stringify({ fileId: id })
  expect(host.connection.download!(ref, 10, never)).rejects.toThrow("by a path that is none")
})

test("voice, video notes, places and stickers are what they are; moving stickers are left out", async () => {
  await using at = await connected()
  const { network, host } = at
  const direct = network.direct(network.ada)
  const file = (path: string) => {
    const id = network.keep(new Uint8Array([1]), path)
    return { file_id: id, file_unique_id: id }
  }
  network.message(network.ada, direct, { voice: { ...file("v.oga"), duration: 1 } })
  network.message(network.ada, direct, { video_note: { ...file("n.mp4"), length: 1 } })
  network.message(network.ada, direct, {
    location: { latitude: 1.5, longitude: 2.5 },
    venue: { location: { latitude: 1.5, longitude: 2.5 }, title: "Home", address: "Street 1" },
  })
  network.message(network.ada, direct, {
    sticker: { ...file("a.tgs"), is_animated: true, is_video: false, emoji: "🐍" },
  })
  network.message(network.ada, direct, {
    sticker: { ...file("s.webp"), is_animated: false, is_video: false, emoji: "🦊", set_name: "F" },
  })
  await host.until(() => host.arrivals.length === 4)
  const deeds = host.arrivals.map(messageIn)
  expect(deeds.map(({ attachments }) => attachments?.[0]?.kind)).toEqual([
    "voice",
    "video",
    undefined,
    "sticker",
  ])
  expect(deeds[2]!.location).toEqual({
    latitude: 1.5,
    longitude: 2.5,
    accuracyMetres: undefined,
    name: "Home",
    address: "Street 1",
  })
  const found = await host.connection.act!("sticker-search", { query: "🦊", limit: 5 })
  expect(found).toMatchObject({ stickers: [{ emoji: "🦊", set: "F" }] })
  expect(await host.connection.act!("sticker-search", { query: "🐍", limit: 5 })).toMatchObject({
    stickers: [{ emoji: "🐍" }],
  })
})

test("a pressed button arrives, and is answered with what the gateway says", async () => {
  await using at = await connected({
    hear: () => ({ kind: "dropped", reason: "stranger", say: "You are not known here." }),
  })
  const { network, host } = at
  await network.events.press!(network.ada, network.room)
  const { deed } = await host.until(({ deed }) => deed.kind === "press")
  expect(deed).toEqual({ kind: "press", data: "choose:1", messageId: "100" })
  const answers = () => network.calls.filter(({ method }) => method === "answerCallbackQuery")
  while (!answers().length) await Bun.sleep(1)
  expect(answers()[0]!.params.text).toBe("You are not known here.")
})

test("where buttons are off, a press is answered and goes nowhere", async () => {
  await using at = await connected({ settings: { capabilities: { inlineButtons: "dm" } } })
  const { network, host } = at
  await network.events.press!(network.ada, network.room)
  while (!network.calls.some(({ method }) => method === "answerCallbackQuery")) await Bun.sleep(1)
  await network.events.press!(network.ada, network.direct(network.ada))
  await host.until(({ deed }) => deed.kind === "press")
  expect(host.arrivals.map(({ conversation }) => conversation.kind)).toEqual(["direct"])
})

test("a reaction says what was added, what was taken back, and whose message it was", async () => {
  await using at = await connected()
  const { network, host } = at
  const part = { conversation: { id: network.room.id }, text: { text: "mine", spans: [] } }
  const { id } = await host.connection.send({ ...part, nonce: "1" }, never)
  network.push({
    message_reaction: {
      chat: { id: Number(network.room.id), type: "supergroup" },
      message_id: Number(id),
      user: { id: 1001, is_bot: false, first_name: "Ada" },
      date: 1_790_000_000,
      old_reaction: [{ type: "emoji", emoji: "👎" }],
      new_reaction: [{ type: "emoji", emoji: "👍" }],
    },
  })
  await host.until(() => host.arrivals.length === 2)
  expect(host.arrivals.map(({ deed }) => deed)).toEqual([
    { kind: "reaction", emoji: "👍", added: true, messageId: id, own: true },
    { kind: "reaction", emoji: "👎", added: false, messageId: id, own: true },
  ])
})

test("a group that became a supergroup is told of by both its ids", async () => {
  await using at = await connected()
  const { network, host } = at
  network.message(network.ada, network.room, { migrate_to_chat_id: -1005550001 })
  await network.say(network.ada, network.room, "after the move")
  await host.until(saysOf("after the move"))
  expect(host.renamed).toEqual([{ kind: "group", from: network.room.id, to: "-1005550001" }])
})

test("the bot's own messages are not heard", async () => {
  await using at = await connected()
  const { network, host } = at
  network.message(network.ada, network.room, {
    text: "it is me",
    from: { id: 777000777, is_bot: true, first_name: "Fased" },
  })
  await network.say(network.ada, network.room, "and me")
  await host.until(saysOf("and me"))
  expect(host.arrivals).toHaveLength(1)
})
