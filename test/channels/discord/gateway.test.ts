import { expect, test } from "bun:test"
import { discord } from "../../../src/channels/discord/index.ts"
import { connectionOver } from "../../../src/kernel/network.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeDiscord } from "../../support/fake-discord.ts"

const whyOver = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!connectionOver.is(error)) throw new Error("should be over", { cause: error })
  return error
}
const op = { identify: 2, resume: 6 }

const connected = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const network = await fakeDiscord()
  const host = await connectAdapter(discord, network, options)
  const direct = network.direct(network.ada)
  return {
    network,
    host,
    say: async (text: string) => {
      await network.say(network.ada, direct, text)
      return host.until(saysOf(text))
    },
    count: (code: number) => network.operations.filter((one) => one === code).length,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}

test("a wrong token ends the connection for good, and is told nowhere", async () => {
  await using network = await fakeDiscord()
  const token = "d3Jvbmc.wrong1.not-the-right-one-at-all"
  const error = await whyOver(connectAdapter(discord, network, { settings: { token } }))
  expect(error.data.why).toBe("credentials")
  expect(Bun.inspect(error, { depth: 9 })).not.toContain(token)
  const none = await whyOver(connectAdapter(discord, network, { settings: { token: "hello" } }))
  expect(none.data.why).toBe("credentials")
})

test("an intent that is off in the portal is named, and not tried again and again", async () => {
  await using network = await fakeDiscord()
  network.allowedIntents = 0
  const error = await whyOver(connectAdapter(discord, network))
  expect(error.data.why).toBe("credentials")
  expect(error.message).toContain("disallowed intents")
  expect(error.hint).toContain("Message Content Intent")
  expect(network.operations.filter((code) => code === op.identify)).toHaveLength(1)
})

test("a restart resumes the session and hears what was said meanwhile, once", async () => {
  await using network = await fakeDiscord()
  const memory = new Map<string, string>()
  const direct = network.direct(network.ada)
  {
    await using host = await connectAdapter(discord, network, { memory })
    await network.say(network.ada, direct, "before")
    await host.until(saysOf("before"))
  }
  await network.say(network.ada, direct, "meanwhile")
  await using host = await connectAdapter(discord, network, { memory })
  await host.until(saysOf("meanwhile"))
  expect(network.operations.filter((code) => code === op.identify)).toHaveLength(1)
  expect(host.arrivals).toHaveLength(1)
})

test.each([4000, 4008, 4009])(
  "after a close with %d it comes back and goes on hearing",
  async (code) => {
    await using at = await connected()
    await at.say("before")
    at.network.closeWith(code)
    await at.say("after")
    expect(at.host.arrivals).toHaveLength(2)
  },
  15_000,
)

test("a gateway that asks for a new connection gets one, and the session goes on", async () => {
  await using at = await connected()
  at.network.reconnect()
  await at.say("on the new one")
  while (!at.count(op.resume)) await Bun.sleep(1)
  expect(at.count(op.identify)).toBe(1)
})

test("a session that is gone is begun anew", async () => {
  await using at = await connected()
  await at.say("before")
  at.network.forget()
  while (at.count(op.identify) < 2) await Bun.sleep(5)
  await at.say("in the new session")
}, 15_000)

test("a connection whose heartbeats stay unanswered is dead, and another takes its place", async () => {
  await using network = await fakeDiscord()
  network.heartbeatMs = 20
  network.deaf = true
  await using host = await connectAdapter(discord, network)
  while (!network.operations.includes(op.resume)) await Bun.sleep(1)
  network.deaf = false
  await network.say(network.ada, network.direct(network.ada), "hear me")
  await host.until(saysOf("hear me"))
})

test("what waits in one channel holds up no other, and nothing behind it is lost on a restart", async () => {
  await using network = await fakeDiscord()
  const memory = new Map<string, string>()
  const direct = network.direct(network.ada)
  const hanging = () => new Promise<never>(() => {})
  {
    await using host = await connectAdapter(discord, network, {
      memory,
      hear: ({ conversation }) =>
        conversation.kind === "direct" ? hanging() : { kind: "taken", runId: "run" },
    })
    await network.say(network.ada, direct, "stuck")
    await network.say(network.ada, network.room, "passes")
    await host.until(saysOf("passes"))
  }
  await using host = await connectAdapter(discord, network, { memory })
  await host.until(saysOf("stuck"))
  await host.until(saysOf("passes")) // told again: it came after what was not taken
})

test("a flood waits at Discord, and all of it is heard in order once there is room", async () => {
  const room = Promise.withResolvers<void>()
  await using at = await connected({
    async hear() {
      await room.promise
      return { kind: "taken", runId: "run" }
    },
  })
  const { network, host } = at
  const texts = Array.from({ length: 2500 }, (_, index) => `${index}`)
  for (const content of texts) network.message(network.ada, network.room, { content })
  await host.until(saysOf("0"))
  while (network.connected) await Bun.sleep(1)
  room.resolve()
  await host.until(() => host.arrivals.length === texts.length)
  expect(host.arrivals.map(({ deed }) => deed.kind === "message" && deed.text)).toEqual(texts)
}, 20_000)

test("an event nobody understands is passed over", async () => {
  await using at = await connected()
  at.network.dispatch("MESSAGE_CREATE", { id: 7, channel_id: at.network.room.id, guild_id: "1" })
  at.network.dispatch("SOMETHING_NEW", {})
  await at.say("after that")
  expect(at.host.arrivals).toHaveLength(1)
})

test("a probe names the intent and the places it cannot see", async () => {
  await using network = await fakeDiscord()
  const guilds = {
    [network.guild]: { channels: { [network.room.id]: {}, "123456789": {}, general: {} } },
    "987654321": {},
  }
  await using host = await connectAdapter(discord, network, { settings: { guilds } })
  network.allowedIntents = 0
  const probe = await host.connection.probe!(new AbortController().signal)
  expect(probe.account).toBe(`fased_bot (id ${network.selfId})`)
  expect(probe.findings.map(({ text }) => text)).toEqual([
    expect.stringContaining("Message Content Intent"),
    "The bot is not in the server 987654321.",
    "The bot cannot see the channel 123456789.",
  ])
})
