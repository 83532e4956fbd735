import { expect, test } from "bun:test"
import { Client, GatewayDispatchEvents, GatewayIntentBits } from "@discordjs/core"
import { DiscordAPIError, REST } from "@discordjs/rest"
import { WebSocketManager } from "@discordjs/ws"
import { fakeDiscord } from "../../support/fake-discord.ts"

// @discordjs knows Discord from elsewhere: what it can do with the fake, the fake does right.

test("@discordjs connects to the fake, hears, answers, and resumes after a cut", async () => {
  await using network = await fakeDiscord()
  const rest = new REST({ api: network.root }).setToken(network.token)
  const { Guilds, GuildMessages, DirectMessages, MessageContent } = GatewayIntentBits
  const gateway = new WebSocketManager({
    token: network.token,
    intents: Guilds | GuildMessages | DirectMessages | MessageContent,
    rest,
  })
  const client = new Client({ rest, gateway })
  client.on(GatewayDispatchEvents.MessageCreate, async ({ data, api }) => {
    if (data.author.bot) return
    await api.channels.createMessage(data.channel_id, { content: `heard *${data.content}*` })
  })
  client.on(GatewayDispatchEvents.InteractionCreate, async ({ data, api }) => {
    await api.interactions.reply(data.id, data.token, { content: "there" })
  })
  try {
    await gateway.connect()
    await network.untilConnected()
    await network.say(network.ada, network.room, "ping")
    await network.until(({ text }) => text === "heard ping")
    expect(await network.command(network.ada, network.room, "x")).toMatchObject({ type: 4 })
    network.closeWith(4000)
    while (!network.operations.includes(6)) await Bun.sleep(5)
    await network.say(network.ada, network.room, "again")
    await network.until(({ text }) => text === "heard again")
    expect(network.operations.filter((op) => op === 2)).toHaveLength(1)
  } finally {
    await gateway.destroy()
  }
}, 20_000)

test("@discordjs understands how the fake refuses", async () => {
  await using network = await fakeDiscord()
  const rest = new REST({ api: network.root }).setToken(network.token)
  const body = (content: string) => ({ body: { content } })
  const post = (channel: string, content: string) =>
    rest.post(`/channels/${channel}/messages`, body(content))
  expect(post("123456789", "x")).rejects.toBeInstanceOf(DiscordAPIError)
  expect(post(network.room.id, "")).rejects.toMatchObject({ code: 50006 })
  expect(post(network.room.id, "x".repeat(2001))).rejects.toMatchObject({ code: 50035 })
  network.next("busy", 1, 50)
  expect(await post(network.room.id, "after a wait")).toHaveProperty("id")
})
