import { expect, test } from "bun:test"
import { discord } from "../../../src/channels/discord/index.ts"
import type { Arrival } from "../../../src/kernel/network.ts"
import { plain } from "../../../src/kernel/styled.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeDiscord } from "../../support/fake-discord.ts"

const connected = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const network = await fakeDiscord()
  const host = await connectAdapter(discord, network, options)
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
const never = new AbortController().signal

test("a thread is a room of its own that knows its channel and server", async () => {
  await using at = await connected()
  const { network, host } = at
  await network.say(network.ada, network.thread, "in the thread")
  const { conversation, sender } = await host.until(saysOf("in the thread"))
  expect(conversation).toEqual({
    id: network.thread.id,
    kind: "channel",
    guild: network.guild,
    parent: network.room.id,
    title: "a thread",
    guildTitle: "The Server",
  })
  expect(sender.roles).toEqual([network.role])
})

test("a private chat of several people is a group, and a room nobody may look at has no kind", async () => {
  await using at = await connected()
  const { network, host } = at
  await network.say(network.ada, network.groupChat, "several of us")
  expect((await host.until(saysOf("several of us"))).conversation.kind).toBe("group")
  await network.say(network.ada, { id: "123456789", kind: "channel" }, "from nowhere")
  expect((await host.until(saysOf("from nowhere"))).conversation.kind).toBeUndefined()
})

test("mentions are of the bot, of its own role, of others, and never of everybody", async () => {
  await using at = await connected()
  const { network, host } = at
  const cases = [
    { content: "by role", mention_roles: [network.botRole] },
    { content: "other role", mention_roles: [network.role] },
    {
      content: "somebody <@55555555>",
      mentions: [{ id: "55555555", username: "bob", discriminator: "0" }],
    },
    { content: "@everyone", mention_everyone: true },
  ]
  for (const content of cases) network.message(network.ada, network.room, content)
  await host.until(saysOf("@everyone"))
  expect(host.arrivals.map((arrival) => messageIn(arrival).mentions)).toEqual([
    { bot: true, others: false },
    { bot: false, others: true },
    { bot: false, others: true },
    { bot: false, others: false },
  ])
})

test("numbers in a text are told by name", async () => {
  await using at = await connected()
  const { network, host } = at
  const content = `<@${network.selfId}> see <#${network.room.id}> <:fox:123456>`
  network.message(network.ada, network.room, {
    content,
    mentions: [{ id: network.selfId, username: "fased_bot", discriminator: "0" }],
  })
  expect(messageIn(await host.until(saysOf("see"))).text).toBe("@fased_bot see #the-room :fox:")
})

test("an answer to the bot says so; that it is pinged by it is no mention", async () => {
  await using at = await connected()
  const { network, host } = at
  const part = { conversation: { id: network.room.id }, text: plain("a question"), nonce: "q" }
  const { id } = await host.connection.send(part, never)
  await network.say(network.ada, network.room, "an answer", { replyTo: id })
  const deed = messageIn(await host.until(saysOf("an answer")))
  expect(deed.quoted).toMatchObject({ id, text: "a question", own: true })
  expect(deed.mentions).toEqual({ bot: false, others: false })
})

test("other bots and webhooks say that they are; the bot does not hear itself", async () => {
  await using at = await connected()
  const { network, host } = at
  const bot = { id: "66666666", username: "other", discriminator: "0", bot: true }
  network.message(network.ada, network.room, { content: "beep", author: bot })
  network.message(network.ada, network.room, { content: "hook", webhook_id: "77777777" })
  const part = { conversation: { id: network.room.id }, text: plain("me"), nonce: "m" }
  await host.connection.send(part, never)
  await network.say(network.ada, network.room, "last")
  await host.until(saysOf("last"))
  expect(host.arrivals.map(({ sender }) => sender.bot)).toEqual([true, true, undefined])
})

test("a file is fetched when it is asked for, and from nowhere but Discord", async () => {
  await using at = await connected()
  const { network, host } = at
  const bytes = crypto.getRandomValues(new Uint8Array(2000))
  const file = { name: "../../x.png", bytes, mimeType: "image/png" }
  await network.say(network.ada, network.direct(network.ada), "see this", { file })
  const [attachment] = messageIn(await host.until(saysOf("see this"))).attachments!
  expect(attachment).toMatchObject({ kind: "image", bytes: 2000, mimeType: "image/png" })
  const download = host.connection.download!
  expect(await download(attachment!.ref, 2000, never)).toEqual(bytes)
  expect(download(attachment!.ref, 1999, never)).rejects.toMatchObject({
    code: "channels.file-too-big",
  })
  for (const url of [
    "http://127.0.0.1:1/x",
    "https://cdn.discordapp.com.evil.test/x",
    "http://cdn.discordapp.com/x",
    "file:///etc/passwd",
    "https://evildiscord.com/x",
  ])
    expect(download(JSON.stringify({ url }), 10, never)).rejects.toThrow("not Discord")
})

test("a menu command is answered where it was given, for its giver alone", async () => {
  const menu = [{ name: "model", description: "Choose.", choices: ["a/b", "c/d"] }]
  await using at = await connected({ menu })
  const { network, host } = at
  while (!network.commands.length) await Bun.sleep(1)
  expect(network.commands).toMatchObject([
    { name: "model", options: [{ choices: [{ name: "a/b", value: "a/b" }, { name: "c/d" }] }] },
  ])
  const first = await network.command(network.ada, network.room, "model", "a/b")
  expect(first).toEqual({ type: 5, data: { flags: 64 } })
  const { deed, via, conversation } = await host.until(({ deed }) => deed.kind === "command")
  expect(deed).toEqual({ kind: "command", text: "/model a/b" })
  await host.connection.send({ conversation, via, text: plain("done"), nonce: "d" }, never)
  const sent = network.requests.findLast(({ path }) => path.startsWith("/webhooks/"))!
  expect(sent.body).toMatchObject({ content: "done", flags: 64 | 4 })
})

test("a menu command nobody may give is refused at once", async () => {
  await using at = await connected({ hear: () => ({ kind: "dropped", reason: "stranger" }) })
  const { network } = at
  const answer = await network.command(network.ada, network.room, "help")
  expect(answer).toMatchObject({ type: 4, data: { flags: 64 } })
  expect(JSON.stringify(answer)).toContain("not authorized")
  const pressed = await network.press(network.ada, network.room, "allow:1")
  expect(pressed).toMatchObject({ type: 4, data: { flags: 64 } })
})

test("a press is taken without a word", async () => {
  await using at = await connected()
  const { network, host } = at
  expect(await network.press(network.ada, network.room, "allow:1")).toEqual({ type: 6 })
  const { deed, via } = await host.until(({ deed }) => deed.kind === "press")
  expect(deed).toMatchObject({ kind: "press", data: "allow:1" })
  expect(via).toBeUndefined()
})

test("the menu is written only when it changed", async () => {
  const memory = new Map<string, string>()
  await using network = await fakeDiscord()
  const menu = [{ name: "tts", description: "Speak." }]
  const written = () => network.requests.filter(({ method }) => method === "PUT").length
  {
    await using _host = await connectAdapter(discord, network, { memory, menu })
    while (!memory.has("menu")) await Bun.sleep(1)
  }
  expect(network.commands).toMatchObject([{ name: "voice" }])
  await using host = await connectAdapter(discord, network, { memory, menu })
  await network.command(network.ada, network.room, "voice")
  await host.until(({ deed }) => deed.kind === "command" && deed.text === "/tts")
  expect(written()).toBe(1)
})
