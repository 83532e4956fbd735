import { expect, test } from "bun:test"
import { mkdtemp, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { telegram } from "../../../src/channels/telegram/index.ts"
import { connectionOver } from "../../../src/kernel/network.ts"
import { plain } from "../../../src/kernel/styled.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeTelegram } from "../../support/fake-telegram.ts"

const whyOver = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!connectionOver.is(error)) throw new Error("should be over", { cause: error })
  return error
}
const never = new AbortController().signal

test("a wrong token ends the connection for good, and is told nowhere", async () => {
  await using network = await fakeTelegram()
  const botToken = "777000777:not_the_right_one"
  const error = await whyOver(connectAdapter(telegram, network, { settings: { botToken } }))
  expect(error.data.why).toBe("credentials")
  expect(JSON.stringify([error.message, error.hint, error.data, `${error.cause}`])).not.toContain(
    botToken,
  )
})

test("a token that is none is not even tried", async () => {
  await using network = await fakeTelegram()
  const tried = connectAdapter(telegram, network, { settings: { botToken: "hello" } })
  expect((await whyOver(tried)).data.why).toBe("credentials")
  expect(network.calls).toEqual([])
})

test("N098 nothing that fails on the way names the token", async () => {
  const network = await fakeTelegram()
  await using host = await connectAdapter(telegram, network)
  await network.untilConnected()
  await network[Symbol.asyncDispose]()
  const part = { conversation: { id: "1001" }, text: plain("x"), nonce: "1" }
  const error = await host.connection.send(part, never).catch((error: unknown) => error)
  expect(Bun.inspect(error, { depth: 9 })).not.toContain(network.token)
})

test("a token may lie in a file, and not behind a link", async () => {
  await using network = await fakeTelegram()
  const folder = await mkdtemp(join(tmpdir(), "fased-token-"))
  try {
    const tokenFile = join(folder, "token")
    await Bun.write(tokenFile, `${network.token}\n`)
    const settings = { tokenFile, botToken: undefined }
    await using host = await connectAdapter(telegram, network, { settings })
    expect(host.connection.self.ids[0]).toBe("777000777")
    const link = join(folder, "link")
    await symlink(tokenFile, link)
    const linked = connectAdapter(telegram, network, {
      settings: { tokenFile: link, botToken: undefined },
    })
    expect((await whyOver(linked)).message).toContain("it is a link")
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("two accounts with one token: the second is refused, the first goes on", async () => {
  await using network = await fakeTelegram()
  await using host = await connectAdapter(telegram, network)
  await network.untilConnected()
  expect((await whyOver(connectAdapter(telegram, network))).data.why).toBe("conflict")
  await network.say(network.ada, network.direct(network.ada), "still there?")
  await host.until(saysOf("still there?"))
})

test("another program that asks for updates ends the connection as a conflict", async () => {
  await using network = await fakeTelegram()
  await using host = await connectAdapter(telegram, network)
  await network.untilConnected()
  void fetch(`${network.root}/bot${network.token}/getUpdates`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"timeout":1}',
  }).catch(() => {}) // it ends with the network
  expect((await whyOver(host.connection.over)).data.why).toBe("conflict")
})

test("a poll that is refused for now is tried again after the wait Telegram names", async () => {
  await using network = await fakeTelegram()
  network.refuse("getUpdates", 429, "Too Many Requests: retry after 1", { retry_after: 0 })
  network.refuse("getUpdates", 429, "Too Many Requests: retry after 1", { retry_after: 0 })
  await using host = await connectAdapter(telegram, network)
  await network.say(network.ada, network.direct(network.ada), "patience")
  await host.until(saysOf("patience"))
})

test("who the bot is is remembered for a day", async () => {
  await using network = await fakeTelegram()
  const memory = new Map<string, string>()
  await (await connectAdapter(telegram, network, { memory }))[Symbol.asyncDispose]()
  network.refuse("getMe", 502, "Bad Gateway")
  await using host = await connectAdapter(telegram, network, { memory })
  expect(host.connection.self.username).toBe("fased_test_bot")
})

test("after a restart nothing that was taken arrives again", async () => {
  await using network = await fakeTelegram()
  const memory = new Map<string, string>()
  const direct = network.direct(network.ada)
  {
    await using host = await connectAdapter(telegram, network, { memory })
    await network.say(network.ada, direct, "first")
    await host.until(saysOf("first"))
    while (!memory.has("offset:777000777")) await Bun.sleep(1)
  }
  await network.say(network.ada, direct, "second")
  await using host = await connectAdapter(telegram, network, { memory })
  await host.until(saysOf("second"))
  expect(host.arrivals.map(({ id }) => id)).toHaveLength(1)
})

test("an update nobody understands is passed over and holds up nothing", async () => {
  await using network = await fakeTelegram()
  await using host = await connectAdapter(telegram, network)
  await network.untilConnected()
  network.push({ message: { message_id: "not a number", chat: 7 } })
  network.push({ something_of_next_year: {} })
  await network.say(network.ada, network.direct(network.ada), "after that")
  await host.until(saysOf("after that"))
  expect(host.arrivals).toHaveLength(1)
})

test("one chat that waits holds up no other", async () => {
  await using network = await fakeTelegram()
  const first = Promise.withResolvers<void>()
  await using host = await connectAdapter(telegram, network, {
    async hear({ conversation }) {
      if (conversation.kind === "direct") await first.promise
      return { kind: "taken", runId: "run" }
    },
  })
  await network.untilConnected()
  await network.say(network.ada, network.direct(network.ada), "slow one")
  await network.say(network.ada, network.direct(network.ada), "slow two")
  await network.say(network.ada, network.room, "quick", { mention: true })
  await host.until(saysOf("quick"))
  expect(host.arrivals.filter(saysOf("slow"))).toHaveLength(1)
  first.resolve()
  await host.until(saysOf("slow two"))
})

const webhook = {
  webhookUrl: "https://bot.example.com/telegram-webhook",
  webhookSecret: "a-secret-of-the-webhook",
}
const delivered = (network: Awaited<ReturnType<typeof fakeTelegram>>, host: Host) => {
  network.reach = async (request) =>
    host.mounted.get("/telegram-webhook")!(request, Buffer.from(await request.arrayBuffer()))
}
type Host = Awaited<ReturnType<typeof connectAdapter>>

test("updates come in by a webhook, and are acknowledged once they were taken", async () => {
  await using network = await fakeTelegram()
  let tries = 0
  await using host = await connectAdapter(telegram, network, {
    settings: webhook,
    hear() {
      tries += 1
      if (tries === 1) throw new Error("no room on the disk")
      return { kind: "taken", runId: "run" }
    },
  })
  delivered(network, host)
  const direct = network.direct(network.ada)
  await network.say(network.ada, direct, "over the hook")
  await host.until(saysOf("over the hook"))
  await network.say(network.ada, direct, "and another")
  await host.until(saysOf("and another"))
  expect(host.arrivals.map(({ id }) => id).slice(0, 2)).toEqual([
    host.arrivals[0]!.id,
    host.arrivals[0]!.id,
  ])
})

test("N110 a webhook takes nothing without its secret, in full and exactly", async () => {
  await using network = await fakeTelegram()
  await using host = await connectAdapter(telegram, network, { settings: webhook })
  const handler = host.mounted.get("/telegram-webhook")!
  const body = Buffer.from(JSON.stringify({ update_id: 1, message: {} }))
  const header = "x-telegram-bot-api-secret-token"
  const offers: Record<string, string>[] = [
    {},
    { [header]: "" },
    { [header]: "undefined" },
    { [header]: webhook.webhookSecret.toUpperCase() },
    { [header]: `${webhook.webhookSecret}x` },
    { [header]: webhook.webhookSecret.slice(0, -1) },
    { authorization: `Bearer ${webhook.webhookSecret}` },
  ]
  for (const headers of offers) {
    const request = new Request("http://gateway/telegram-webhook", { method: "POST", headers })
    expect((await handler(request, body)).status).toBe(401)
  }
  const get = new Request("http://gateway/telegram-webhook", {
    headers: { [header]: webhook.webhookSecret },
  })
  expect((await handler(get, body)).status).toBe(405)
  const broken = new Request("http://gateway/telegram-webhook", {
    method: "POST",
    headers: { [header]: webhook.webhookSecret },
  })
  expect((await handler(broken, Buffer.from("{"))).status).toBe(400)
  expect(host.arrivals).toEqual([])
})

test.each(["", " ", "short", "with a space in it, and long", undefined])(
  "N110 the webhook secret %p guards nothing, so the account does not start",
  async (webhookSecret) => {
    await using network = await fakeTelegram()
    const settings = { ...webhook, webhookSecret }
    const error = await whyOver(connectAdapter(telegram, network, { settings }))
    expect(error.data.why).toBe("credentials")
    expect(network.calls.map(({ method }) => method)).not.toContain("setWebhook")
  },
)

test("a webhook's path is given back, also when Telegram refuses the address", async () => {
  await using network = await fakeTelegram()
  network.refuse("setWebhook", 400, "Bad Request: bad webhook: IP address is reserved")
  await whyOver(connectAdapter(telegram, network, { settings: webhook }))
  const host = await connectAdapter(telegram, network, { settings: webhook })
  expect([...host.mounted.keys()]).toEqual(["/telegram-webhook"])
  await host[Symbol.asyncDispose]()
  expect([...host.mounted.keys()]).toEqual([])
})

test("the menu tells Telegram what there is, in names it takes", async () => {
  await using network = await fakeTelegram()
  await using host = await connectAdapter(telegram, network, {
    menu: [
      { name: "model", description: "Choose the model." },
      { name: "tool-policy", description: "x".repeat(400) },
      { name: "näh", description: "cannot be shown" },
    ],
    settings: {
      customCommands: [
        { command: "/Deploy", description: "Deploy it" },
        { command: "model", description: "taken" },
      ],
    },
  })
  await network.untilConnected()
  const menu = () => network.calls.filter(({ method }) => method === "setMyCommands")
  while (!menu().length) await Bun.sleep(1)
  expect(menu()[0]!.params.commands).toEqual([
    { command: "model", description: "Choose the model." },
    { command: "tool_policy", description: "x".repeat(256) },
    { command: "deploy", description: "Deploy it" },
  ])
  await network.say(network.ada, network.direct(network.ada), "/tool_policy all")
  const { deed } = await host.until(({ deed }) => deed.kind === "command")
  expect(deed).toEqual({ kind: "command", text: "/tool-policy all" })
  host.menuChanged()
  while (menu().length < 2) await Bun.sleep(1)
})

test("a menu that Telegram refuses keeps nobody from talking", async () => {
  await using network = await fakeTelegram()
  network.refuse("setMyCommands", 400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
  await using host = await connectAdapter(telegram, network)
  await network.say(network.ada, network.direct(network.ada), "hello")
  await host.until(saysOf("hello"))
})

test("a probe names the privacy mode, a group the bot is not in, and a stray webhook", async () => {
  await using network = await fakeTelegram()
  await using host = await connectAdapter(telegram, network, {
    settings: { groups: { "*": { requireMention: false }, "-100555": {}, [network.room.id]: {} } },
  })
  const probe = await host.connection.probe!(never)
  expect(probe).toMatchObject({ ok: false, account: "@fased_test_bot (id 777000777)" })
  expect(probe.findings.map(({ text }) => text).join("\n")).toMatch(
    /privacy mode[^]*not in the group -100555/,
  )
  expect(probe.findings).toHaveLength(2)
  network.privacy = false
  network.refuse("getMe", 401, "Unauthorized")
  expect((await host.connection.probe!(never)).findings[0]!.text).toContain("unauthorized")
})
