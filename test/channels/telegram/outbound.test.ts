import { expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { telegram } from "../../../src/channels/telegram/index.ts"
import { notSent, type Part } from "../../../src/kernel/network.ts"
import { plain } from "../../../src/kernel/styled.ts"
import { connectAdapter } from "../../support/adapter.ts"
import { fakeTelegram } from "../../support/fake-telegram.ts"

const connected = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const network = await fakeTelegram()
  const host = await connectAdapter(telegram, network, options)
  const { connection } = host
  const direct = { id: network.ada.id, kind: "direct" } as const
  return {
    network,
    host,
    connection,
    direct,
    send: (part: Partial<Part>) =>
      connection.send({ conversation: direct, nonce: "n", ...part }, never),
    last: (method: string) => network.calls.findLast((call) => call.method === method)?.params,
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

test("the General topic is left out where something is sent, and named while typing", async () => {
  await using at = await connected()
  const { forum, topic } = at.network
  const general = { id: forum.id, thread: { id: "1", kind: "topic" } } as const
  await at.send({ conversation: general, text: plain("to all") })
  expect(at.last("sendMessage")).not.toHaveProperty("message_thread_id")
  await at.connection.typing!(general, true)
  expect(at.last("sendChatAction")).toMatchObject({ message_thread_id: 1 })
  const seven = { id: topic.id, thread: { id: "7", kind: "topic" } } as const
  await at.send({ conversation: seven, text: plain("to some") })
  expect(at.network.seen.at(-1)).toMatchObject({ thread: "7", text: "to some" })
})

test("styled text is sent as HTML; what Telegram cannot parse is told as unformatted", async () => {
  await using at = await connected()
  const text = { text: "a < b", spans: [{ start: 0, end: 1, style: "bold" as const }] }
  await at.send({ text })
  expect(at.last("sendMessage")).toMatchObject({ text: "<b>a</b> &lt; b", parse_mode: "HTML" })
  expect(at.network.seen.at(-1)!.text).toBe("a < b")
  at.network.refuse("sendMessage", 400, "Bad Request: can't parse entities: Unexpected end tag")
  expect((await failure(at.send({ text }))).why).toBe("unformatted")
  await at.send({ text: plain(text.text) })
  expect(at.last("sendMessage")).not.toHaveProperty("parse_mode")
})

test("an answer to a message that is gone is sent all the same", async () => {
  await using at = await connected()
  await at.send({ text: plain("anyway"), replyTo: "99999" })
  expect(at.network.seen.at(-1)!.replyTo).toBeUndefined()
})

test("files go out as what they are, with their caption", async () => {
  await using at = await connected()
  const folder = await mkdtemp(join(tmpdir(), "fased-files-"))
  try {
    const path = join(folder, "a.bin")
    await Bun.write(path, "12345")
    const file = { path, name: "a.bin", mimeType: "application/octet-stream", bytes: 5 }
    const kinds = { image: "Photo", audio: "Audio", voice: "Voice", video: "Video" } as const
    for (const [kind, method] of Object.entries(kinds)) {
      await at.send({
        enclosure: { ...file, kind: kind as keyof typeof kinds },
        text: { text: "bold", spans: [{ start: 0, end: 4, style: "bold" }] },
      })
      expect(at.network.calls.at(-1)!.method).toBe(`send${method}`)
      expect(at.network.seen.at(-1)).toMatchObject({
        text: "bold",
        files: [{ name: "a.bin", bytes: 5 }],
      })
    }
    await at.send({ enclosure: { ...file, kind: "video", round: true } })
    expect(at.network.calls.at(-1)!.method).toBe("sendVideoNote")
    at.network.refuse("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    await at.send({ enclosure: { ...file, kind: "image" } })
    expect(at.network.calls.at(-1)!.method).toBe("sendDocument")
    await at.send({ enclosure: { ...file, kind: "image", bytes: 11 * 1024 * 1024 } })
    expect(at.network.calls.filter(({ method }) => method === "sendPhoto")).toHaveLength(2)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("a poll is a poll, and one that Telegram would not take is refused with a reason", async () => {
  await using at = await connected()
  const poll = { question: "When?", options: ["now", "later"], most: 1 }
  await at.send({ poll: { ...poll, most: 2, durationMs: 60_000, public: true } })
  expect(at.last("sendPoll")).toMatchObject({
    options: [{ text: "now" }, { text: "later" }],
    allows_multiple_answers: true,
    is_anonymous: false,
    open_period: 60,
  })
  const data = await failure(at.send({ poll: { ...poll, durationMs: 3_600_000 } }))
  expect(data).toMatchObject({ why: "refused", hint: expect.stringContaining("duration") })
})

const buttons = [[{ label: "Allow", data: "allow:1" }]]

test("buttons are shown where they count", async () => {
  await using at = await connected({ settings: { capabilities: { inlineButtons: "group" } } })
  await at.send({ text: plain("here"), buttons })
  expect(at.network.seen.at(-1)!.buttons).toBeUndefined()
  await at.send({ conversation: { id: at.network.room.id }, text: plain("there"), buttons })
  expect(at.network.seen.at(-1)!.buttons).toEqual(buttons)
})

test("link previews and sounds are as the part wants them, else as the settings do", async () => {
  await using at = await connected({ settings: { linkPreview: false } })
  await at.send({ text: plain("https://a.test"), silent: true })
  expect(at.last("sendMessage")).toMatchObject({
    link_preview_options: { is_disabled: true },
    disable_notification: true,
  })
  await at.send({ text: plain("https://a.test"), linkPreview: true })
  expect(at.last("sendMessage")).not.toHaveProperty("link_preview_options")
})

test("to a group that moved, it is sent where the group is now", async () => {
  await using at = await connected()
  at.network.refuse(
    "sendMessage",
    400,
    "Bad Request: group chat was upgraded to a supergroup chat",
    { migrate_to_chat_id: Number(at.network.room.id) },
  )
  await at
    .send({ conversation: { id: "-100", kind: "group" }, text: plain("hello") })
    .catch(() => {})
  expect(at.host.renamed).toEqual([{ kind: "group", from: "-100", to: at.network.room.id }])
  expect(at.network.seen.at(-1)).toMatchObject({ room: at.network.room.id, text: "hello" })
})

test("an edit that changes nothing, and a removal of what is gone, are no failures", async () => {
  await using at = await connected()
  const { id } = await at.send({ text: plain("same") })
  const part = { conversation: at.direct, text: plain("same"), nonce: "n" }
  await at.connection.edit!(part, id, never)
  await at.connection.remove!(at.direct, id)
  await at.connection.remove!(at.direct, id)
  expect((await failure(at.connection.edit!(part, id, never))).why).toBe("refused")
})

test("a reaction Telegram does not have is refused, with some that it has", async () => {
  await using at = await connected()
  const { id } = await at.send({ text: plain("x") })
  const data = await failure(at.connection.react!(at.direct, id, "🦖", "add"))
  expect(data).toMatchObject({ why: "refused", hint: expect.stringContaining("👍") })
})

test.each([
  ["Bad Request: chat not found", /in the group/],
  ["Forbidden: bot was kicked from the supergroup chat", /Add the bot/],
  ["Bad Request: not enough rights to send text messages to the chat", /that right/],
  ["Bad Request: VOICE_MESSAGES_FORBIDDEN", /audio file/],
])("%s is told with what to do", async (description, hint) => {
  await using at = await connected()
  at.network.refuse("sendMessage", Number(description.startsWith("F") ? 403 : 400), description)
  const data = await failure(at.send({ text: plain("x") }))
  expect(data.why).toBe("refused")
  expect(data.hint).toMatch(hint)
})

test("typing that fails is no failure", async () => {
  await using at = await connected()
  await at.connection.typing!({ id: "-5" }, true)
  await at.connection.typing!(at.direct, false)
})

test("a send that is called off ends with the caller's own reason", async () => {
  await using at = await connected()
  const reason = new Error("never mind")
  const part = { conversation: at.direct, text: plain("x"), nonce: "n" }
  expect(at.connection.send(part, AbortSignal.abort(reason))).rejects.toBe(reason)
})

test("topics are made, messages pinned, and stickers sent that were seen", async () => {
  await using at = await connected()
  const act = at.connection.act!
  const to = at.network.forum.id
  const made = (await act("topic-create", { to, name: "News" })) as { topicId: string }
  const topic = { id: to, thread: { id: made.topicId, kind: "topic" } } as const
  const { id } = await at.send({ conversation: topic, text: plain("first news") })
  await act("pin", { to, messageId: id })
  await act("unpin", { to, messageId: id })
  const fileId = at.network.keep(new Uint8Array([1]))
  expect(await act("sticker", { to: `${to}:topic:${made.topicId}`, fileId })).toHaveProperty(
    "messageId",
  )
  expect((await failure(act("topic-create", { to: at.network.room.id, name: "x" }))).why).toBe(
    "refused",
  )
  expect((await failure(act("constructor", {}))).why).toBe("refused")
})
