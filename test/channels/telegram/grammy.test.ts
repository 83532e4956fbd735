import { expect, test } from "bun:test"
import { Bot, GrammyError, InputFile } from "grammy"
import { fakeTelegram } from "../../support/fake-telegram.ts"

// grammY knows the Bot API from elsewhere: what it can do with the fake, the fake does right.

test("grammY polls the fake, hears what is said there and answers", async () => {
  await using network = await fakeTelegram()
  const bot = new Bot(network.token, { client: { apiRoot: network.root } })
  bot.command("ping", (ctx) => ctx.reply("<b>pong</b>", { parse_mode: "HTML" }))
  bot.on("message:text", (ctx) => ctx.reply(`heard ${ctx.msg.text} from ${ctx.from.first_name}`))
  bot.on("message_reaction", (ctx) => ctx.reply(`saw ${ctx.reactions().emojiAdded.join()}`))
  const running = bot.start({ allowed_updates: ["message", "message_reaction"] })
  await network.untilConnected()
  await network.say(network.ada, network.direct(network.ada), "/ping")
  await network.until(({ text }) => text === "pong")
  await network.say(network.ada, network.direct(network.ada), "hello")
  await network.until(({ text }) => text === "heard hello from Ada")
  await network.events.reaction!(network.ada, network.room)
  await network.until(({ text }) => text === "saw 👍")
  await bot.stop()
  await running
  expect(network.pending).toBe(0)
})

test("grammY understands how the fake refuses", async () => {
  await using network = await fakeTelegram()
  const { api } = new Bot(network.token, { client: { apiRoot: network.root } })
  const chat = Number(network.ada.id)
  network.next("busy", 1, 3000)
  const busy = await api.sendMessage(chat, "x").catch((error: unknown) => error)
  expect(busy).toBeInstanceOf(GrammyError)
  expect(busy).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } })
  expect(api.sendMessage(chat, "<c>x</c>", { parse_mode: "HTML" })).rejects.toThrow(
    "can't parse entities",
  )
  expect(api.sendMessage(5, "x")).rejects.toThrow("chat not found")
  const sent = await api.sendDocument(chat, new InputFile(new Uint8Array([1, 2]), "a.txt"))
  expect(network.seen.at(-1)).toMatchObject({
    id: String(sent.message_id),
    files: [{ name: "a.txt", bytes: 2 }],
  })
})
