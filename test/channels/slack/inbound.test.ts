import { expect, test } from "bun:test"
import { slack } from "../../../src/channels/slack/index.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeSlack } from "../../support/fake-slack.ts"
import { bot } from "../../support/fake-slack-workspace.ts"

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

test("text is read as people see it", async () => {
  await using place = await start()
  const { network, host } = place
  network.tell(
    {
      type: "message",
      channel_type: "channel",
      channel: network.room.id,
      user: network.ada.id,
      ts: "1700000000.000100",
      text: `<@${bot.user}> 1 &lt; 2 &amp;&amp; see <https://a.example/x|the page>, <https://b.example>, <mailto:a@b.example|a@b.example>, <!here> and <@UBOB00001>, &amp;lt; stays`,
    },
    "text",
  )
  const { deed } = await host.until(() => true)
  expect(deed).toEqual({
    kind: "message",
    text: "1 < 2 && see the page (https://a.example/x), https://b.example, a@b.example, @here and <@UBOB00001>, &lt; stays",
    mentions: { bot: true, others: true },
  })
})

test("in a thread the bot takes part in, it is spoken to; what was said before is told once", async () => {
  await using place = await start()
  const { network, host, connection } = place
  const root = await network.say(network.ada, network.room, "a question for all")
  await network.say(network.ada, network.room, "a first answer", { replyTo: root })
  const first = await host.until(saysOf("a first answer"))
  expect(first).toMatchObject({
    conversation: { id: network.room.id, thread: { id: root, kind: "thread" } },
    context: [{ text: "a question for all", sender: { ids: [network.ada.id], name: "Ada" } }],
  })
  expect(first.deed).not.toHaveProperty("quoted")
  await connection.send(
    {
      conversation: { id: network.room.id, thread: { id: root, kind: "thread" } },
      text: { text: "mine", spans: [] },
      nonce: "n1",
    },
    never,
  )
  await network.say(network.ada, network.room, "and then?", { replyTo: root })
  const then = await host.until(saysOf("and then?"))
  expect(then.deed).toMatchObject({ quoted: { id: root, own: true } })
  expect(then.context).toBeUndefined()
})

test("that the bot took part in a thread is known after a restart, also of threads it forgot", async () => {
  await using network = fakeSlack()
  const memory = new Map<string, string>()
  const root = await network.say(network.ada, network.room, "begin")
  {
    await using host = await connectAdapter(slack, network, { memory })
    await host.connection.send(
      {
        conversation: { id: network.room.id },
        text: { text: "mine", spans: [] },
        replyTo: root,
        nonce: "n1",
      },
      never,
    )
  }
  for (const kept of [memory, new Map<string, string>()]) {
    await using host = await connectAdapter(slack, network, { memory: kept })
    await network.say(network.ada, network.room, `again ${kept.size}`, { replyTo: root })
    const heard = await host.until(saysOf("again"))
    expect(heard.deed).toMatchObject({ quoted: { id: root, own: true } })
  }
})

test("a room of which nobody says what kind it is has none", async () => {
  await using place = await start()
  const { network, host } = place
  network.workspace.scopes.delete("channels:read")
  network.tell(
    {
      type: "app_mention",
      channel: "C0UNKNOWN",
      user: network.ada.id,
      ts: "1700000000.000100",
      text: `<@${bot.user}> hi`,
    },
    "unknown",
  )
  const { conversation } = await host.until(saysOf("hi"))
  expect(conversation.kind).toBeUndefined()
})

test("private chats of several people are groups", async () => {
  await using place = await start()
  await place.network.say(place.network.ada, { id: "GMPIM0001", kind: "group" }, "we all")
  expect((await place.host.until(saysOf("we all"))).conversation).toEqual({
    id: "GMPIM0001",
    kind: "group",
    team: bot.team,
  })
})

test("other bots are told as such, and what it said itself is not told", async () => {
  await using place = await start()
  const { network, host } = place
  const said = { type: "message", channel: network.room.id, channel_type: "channel" }
  network.tell({ ...said, user: bot.user, text: "I", ts: "1700000000.000100" }, "own")
  network.tell({ ...said, bot_id: bot.id, text: "I", ts: "1700000000.000200" }, "own too")
  network.tell(
    {
      ...said,
      subtype: "bot_message",
      bot_id: "BOTHER001",
      username: "ci",
      text: "",
      ts: "1700000000.000300",
      attachments: [{ fallback: "build failed" }],
    },
    "other",
  )
  const heard = await host.until(() => true)
  expect(heard).toMatchObject({
    sender: { ids: ["BOTHER001"], name: "ci", bot: true },
    deed: { text: "build failed" },
  })
  await network.say(network.ada, network.room, "done")
  await host.until(saysOf("done"))
  expect(host.arrivals).toHaveLength(2)
})

test("files are fetched with the token from Slack's own hosts, and from nowhere else", async () => {
  await using place = await start()
  const { network, host, connection } = place
  const bytes = new TextEncoder().encode("hello")
  await network.say(network.ada, network.room, "see", {
    file: { name: "a.png", bytes, mimeType: "image/png" },
  })
  const { deed } = await host.until(saysOf("see"))
  const [file] = (deed.kind === "message" && deed.attachments) || []
  expect(file).toMatchObject({ kind: "image", mimeType: "image/png", name: "a.png", bytes: 5 })
  expect(await connection.download!(file!.ref, 100, never)).toEqual(bytes)
  await expect(connection.download!(file!.ref, 4, never)).rejects.toThrow("file_too_large")

  const asked: string[] = []
  await using thief = Object.assign(
    Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => {
        asked.push(request.headers.get("authorization") ?? "")
        return new Response("x")
      },
    }),
    {},
  )
  const foreign = JSON.stringify({ id: "F1", url: `${thief.url.origin}/files/F1` })
  await expect(connection.download!(foreign, 100, never)).rejects.toThrow("foreign_address")
  for (const url of [
    "https://slack.com.evil.example/x",
    "https://evil-slack.com/x",
    "http://files.slack.com/x",
  ])
    await expect(
      connection.download!(JSON.stringify({ id: "F1", url }), 100, never),
    ).rejects.toThrow("foreign_address")
  expect(asked).toEqual([])
})

test("of a file from another workspace the address is asked for", async () => {
  await using place = await start()
  const { network, connection } = place
  await network.say(network.ada, network.room, "see", {
    file: { name: "a.txt", bytes: new Uint8Array([1, 2]), mimeType: "text/plain" },
  })
  const ref = JSON.stringify({ id: "F1FILE" })
  expect(await connection.download!(ref, 100, never)).toEqual(new Uint8Array([1, 2]))
})

test("edits, deletions, reactions, pins and members are told with what they are about", async () => {
  await using place = await start()
  const { network, host } = place
  const kinds = ["edit", "delete", "reaction", "reaction-removed", "pin", "unpin", "join", "leave"]
  for (const kind of kinds) {
    await network.events[kind]!(network.ada, network.room)
    const known = host.arrivals.length
    await host.until((arrival) => host.arrivals.indexOf(arrival) >= known)
  }
  expect(
    host.arrivals.map(({ deed }) =>
      deed.kind === "reaction"
        ? `${deed.emoji} ${deed.added} ${deed.own}`
        : deed.kind === "notice" && deed.topic,
    ),
  ).toEqual([
    "edit",
    "delete",
    ":eyes: true true",
    ":eyes: false true",
    "pin",
    "unpin",
    "join",
    "leave",
  ])
})

test("a link that unfolds is no edit", async () => {
  await using place = await start()
  const { network, host } = place
  const message = { type: "message", user: network.ada.id, ts: "1700000000.000100", text: "same" }
  network.tell(
    {
      type: "message",
      subtype: "message_changed",
      channel: network.room.id,
      channel_type: "channel",
      ts: "1700000000.000200",
      message: { ...message, attachments: [{ from_url: "https://a.example" }] },
      previous_message: message,
    },
    "unfurl",
  )
  await network.say(network.ada, network.room, "done")
  await host.until(saysOf("done"))
  expect(host.arrivals).toHaveLength(1)
})

test("a channel whose id changed, and one set by its name, are told to the config", async () => {
  await using place = await start({ settings: { channels: { "#general": {}, "#nowhere": {} } } })
  const { network, host } = place
  while (host.renamed.length < 1) await Bun.sleep(1)
  network.tell(
    { type: "channel_id_changed", old_channel_id: "COLD00001", new_channel_id: "CNEW00001" },
    "moved",
  )
  while (host.renamed.length < 2) await Bun.sleep(1)
  expect(host.renamed).toEqual([
    { kind: "channel", from: "#general", to: "CROOM0001" },
    { kind: "channel", from: "COLD00001", to: "CNEW00001" },
  ])
})

test("what another app's block did is told with its values, ours as the press of a button", async () => {
  await using place = await start()
  const { network, host } = place
  await network.press(network.ada, network.room, "deploy", "their-action")
  const { deed } = await host.until(() => true)
  expect(deed).toMatchObject({ kind: "notice", topic: "interaction" })
  expect(deed.kind === "notice" && deed.text).toContain('"values":["deploy"]')
})

test("slash commands that are not turned on say what would turn them on", async () => {
  await using place = await start()
  const { network, host } = place
  const { acked } = network.command(network.ada, network.room, "/fased", "hi")
  expect(await acked).toMatchObject({
    response_type: "ephemeral",
    text: expect.stringContaining("slashCommand.enabled"),
  })
  expect(host.arrivals).toEqual([])
})

test("who may not use a command is told so, and nobody else", async () => {
  await using place = await start({
    settings: { slashCommand: { enabled: true } },
    hear: () => ({ kind: "dropped", reason: "sender-not-listed" }),
  })
  const { network } = place
  expect(await network.command(network.ada, network.room, "/fased", "hi").acked).toEqual({
    response_type: "ephemeral",
    text: "You are not authorized to use this command here.",
  })
})

test("commands of the menu are heard where native ones are on; /agentstatus is /status", async () => {
  await using place = await start({
    settings: { commands: { native: true } },
    menu: [{ name: "status", description: "How it is." }],
  })
  const { network, host } = place
  await network.command(network.ada, network.room, "/agentstatus", "full").acked
  expect(host.arrivals[0]).toMatchObject({ deed: { kind: "command", text: "/status full" } })
  expect(await network.command(network.ada, network.room, "/unknown", "").acked).toBeDefined()
  expect(host.arrivals).toHaveLength(1)
})
