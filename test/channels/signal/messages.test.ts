import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "bun:test"
import { signal } from "../../../src/channels/signal/index.ts"
import { createEventLines } from "../../../src/channels/signal/events.ts"
import { connectionOver, notSent, type Part } from "../../../src/kernel/network.ts"
import { plain } from "../../../src/kernel/styled.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { botNumber, fakeSignal } from "../../support/fake-signal.ts"
import { turnableClock } from "../../support/turnable-clock.ts"

const never = new AbortController().signal
const start = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const network = fakeSignal()
  const host = await connectAdapter(signal, network, options)
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
const part = (
  conversation: Part["conversation"],
  text: string,
  more: Partial<Part> = {},
): Part => ({
  conversation,
  text: plain(text),
  nonce: `n-${++parts}`,
  ...more,
})
const failureOf = async (work: Promise<unknown>) => {
  const error = await work.catch((error: unknown) => error)
  if (!notSent.is(error)) throw new Error("should not be sent", { cause: error })
  return error.data
}

test("a person has a number and a UUID; a mention is read as a name", async () => {
  await using place = await start()
  const { network, host } = place
  await network.say(network.ada, network.room, "hi", { mention: true })
  const heard = await host.until(saysOf("hi"))
  expect(heard).toMatchObject({
    conversation: { id: network.room.id, kind: "group", title: "friends" },
    sender: { ids: [network.ada.id, "uuid:aaaaaaaa-0000-4000-8000-000000000001"], name: "Ada" },
    deed: { text: "@bot hi", mentions: { bot: true, others: false } },
  })
  expect(heard.id).toBe(`${heard.at}:${network.ada.id}`)
})

test("whose number is hidden is known by the UUID, and answered there", async () => {
  await using place = await start()
  const { network, host, connection } = place
  const uuid = "AAAAAAAA-0000-4000-8000-000000000002"
  network.tell("hidden", {
    source: uuid,
    sourceNumber: null,
    sourceUuid: uuid,
    sourceName: "Bob",
    timestamp: 1_700_000_000_000,
    dataMessage: { timestamp: 1_700_000_000_000, message: "psst" },
  })
  const { conversation, id } = await host.until(saysOf("psst"))
  expect(conversation).toEqual({ id: `uuid:${uuid.toLowerCase()}`, kind: "direct" })
  await connection.send(part(conversation, "yes?", { replyTo: id }), never)
  expect(network.seen[0]).toMatchObject({ room: "+4915100000002", replyTo: id })
})

test("two who write in the same millisecond are both heard", async () => {
  await using place = await start()
  const { network, host } = place
  const at = 1_700_000_000_000
  for (const [number, text] of [
    ["+4915100000001", "one"],
    ["+4915100000002", "two"],
  ])
    network.tell(text!, {
      ...network.envelopeOf({ id: number!, name: number! }, at),
      dataMessage: { timestamp: at, message: text, groupInfo: { groupId: network.room.id } },
    })
  await host.until(saysOf("one"))
  await host.until(saysOf("two"))
})

test("its own words and what happens on its own devices are not told", async () => {
  await using place = await start()
  const { network, host } = place
  await network.say({ id: botNumber, name: "me" }, network.room, "me")
  await network.events.sync!(network.ada, network.room)
  await network.say(network.ada, network.room, "done")
  await host.until(saysOf("done"))
  expect(host.arrivals).toHaveLength(1)
})

test("a quote says what it quotes, and whether that was the bot's", async () => {
  await using place = await start()
  const { network, host } = place
  await network.say(network.ada, network.room, "about that", { replyTo: "1700000000000" })
  const { deed } = await host.until(saysOf("about that"))
  expect(deed).toMatchObject({
    quoted: { id: `1700000000000:${botNumber}`, text: "what was said", own: true },
  })
})

test("an answer quotes its message, with its author; what is not a message's id is refused", async () => {
  await using place = await start()
  const { network, host, connection } = place
  const asked = await network.say(network.ada, network.room, "well?")
  await host.until(saysOf("well?"))
  await connection.send(part(network.room, "well.", { replyTo: asked }), never)
  expect(network.calls.at(-1)!.params).toMatchObject({
    groupId: network.room.id,
    quoteTimestamp: Number(asked.split(":")[0]),
    quoteAuthor: network.ada.id,
    quoteMessage: "well?",
  })
  expect(
    await failureOf(connection.send(part(network.room, "x", { replyTo: "that one" }), never)),
  ).toMatchObject({ why: "refused" })
})

test("how a text looks goes along as ranges, which count what was put into it", async () => {
  await using place = await start()
  const { network, connection } = place
  const text = "👋 bold link after"
  await connection.send(
    {
      conversation: network.room,
      text: {
        text,
        spans: [
          { start: 3, end: 7, style: "bold" },
          { start: 8, end: 12, style: "link", href: "https://a.example/x" },
          { start: 13, end: 18, style: "code" },
        ],
      },
      nonce: "styled",
    },
    never,
  )
  expect(network.calls.at(-1)!.params).toMatchObject({
    message: "👋 bold link (https://a.example/x) after",
    textStyle: ["3:4:BOLD", "35:5:MONOSPACE"],
  })
})

test("a file goes along as data under its own name, made harmless", async () => {
  await using place = await start()
  const folder = await mkdtemp(join(tmpdir(), "fased-signal-"))
  const path = join(folder, "random")
  await Bun.write(path, "0123456789")
  const enclosure = {
    path,
    kind: "image",
    mimeType: "image/png",
    name: "a;b,c.png",
    bytes: 10,
  } as const
  await place.connection.send(part(place.network.room, "look", { enclosure }), never)
  expect(place.network.seen[0]).toMatchObject({ files: [{ name: "a_b_c.png", bytes: 10 }] })
  await rm(folder, { recursive: true })
})

test("files are fetched up to what is allowed; recordings are voices", async () => {
  await using place = await start()
  const { network, host, connection } = place
  const bytes = new Uint8Array(3_000).fill(7)
  await network.say(network.ada, network.room, "listen", {
    file: { name: "", bytes, mimeType: "audio/aac" },
  })
  const { deed } = await host.until(saysOf("listen"))
  const [file] = (deed.kind === "message" && deed.attachments) || []
  expect(file).toMatchObject({ kind: "voice", mimeType: "audio/aac", bytes: 3_000 })
  expect(await connection.download!(file!.ref, 3_000, never)).toEqual(bytes)
  await expect(connection.download!(file!.ref, 2_999, never)).rejects.toThrow("too large")
  await expect(connection.download!(file!.ref, 100, never)).rejects.toThrow("more than was asked")
})

test("files stay with Signal where they are to be ignored", async () => {
  await using place = await start({ settings: { ignoreAttachments: true } })
  const { network, host } = place
  const file = { name: "a.png", bytes: new Uint8Array(3), mimeType: "image/png" }
  await network.say(network.ada, network.room, "look", { file })
  expect((await host.until(saysOf("look"))).deed).not.toHaveProperty("attachments")
})

test("a reaction in a group needs to know whose message it is", async () => {
  await using place = await start()
  const { network, host, connection } = place
  const said = await network.say(network.ada, network.room, "react!")
  await host.until(saysOf("react!"))
  const bare = said.split(":")[0]!
  await connection.react!(network.room, bare, "👍", "add")
  expect(network.calls.at(-1)!.params).toMatchObject({ targetAuthor: network.ada.id, emoji: "👍" })
  await connection.react!(network.room, said, "", "remove")
  expect(network.calls.at(-1)!.params).toMatchObject({ emoji: "👍", remove: true })
  expect(
    await failureOf(connection.react!(network.room, "1700000000000", "👍", "add")),
  ).toMatchObject({ why: "refused", text: expect.stringContaining("author") })
  await connection.react!({ id: network.ada.id, kind: "direct" }, "1700000000000", "👍", "add")
  expect(network.calls.at(-1)!.params).toMatchObject({ recipient: [network.ada.id] })
})

test("that something was read is told in private chats, where that is wanted", async () => {
  await using quiet = await start()
  expect(quiet.connection.read).toBeUndefined()
  await using place = await start({ settings: { sendReadReceipts: true } })
  const { network, connection } = place
  const direct = { id: network.ada.id, kind: "direct" as const }
  await connection.read!(direct, "1700000000000", network.ada.id)
  await connection.read!(network.room, `1700000000000:${network.ada.id}`, network.ada.id)
  expect(network.calls.filter(({ method }) => method === "sendReceipt")).toHaveLength(1)
})

test("people and groups are found by their names", async () => {
  await using place = await start()
  const { directory } = place.connection
  expect(await directory!.people("ada", 5)).toEqual([
    { id: "+4915100000001", name: "Ada L", target: "+4915100000001" },
  ])
  expect(await directory!.rooms("", 5)).toMatchObject([{ name: "friends" }])
  expect(await directory!.members!(place.network.room.id, 2)).toMatchObject([
    { name: "Ada L" },
    { name: "Bob" },
  ])
})

test("a probe says which daemon and account it is, or what is missing", async () => {
  await using place = await start()
  expect(await place.connection.probe!(never)).toEqual({
    ok: true,
    account: `${botNumber} (signal-cli 0.13.18)`,
    findings: [],
  })
})

test("where the daemon has several accounts, one has to be named", async () => {
  await using network = fakeSignal({ accounts: [botNumber, "+4915100000001"] })
  const { httpUrl } = network.settings
  const error = await connectAdapter(signal, { settings: { httpUrl } }).catch((error) => error)
  expect(connectionOver.is(error) && error.data).toMatchObject({
    why: "credentials",
    hint: expect.stringContaining(botNumber),
  })
})

test("what could not be taken is handed over in its order after a restart, and once", async () => {
  await using network = fakeSignal()
  const memory = new Map<string, string>()
  const refuse = () => {
    throw new Error("the disk is full")
  }
  {
    await using host = await connectAdapter(signal, network, { memory, hear: refuse })
    for (const text of ["one", "two", "three"]) await network.say(network.ada, network.room, text)
    await host.until(saysOf("three"))
  }
  await using host = await connectAdapter(signal, network, { memory })
  await host.until(saysOf("three"))
  expect(host.arrivals.map(({ deed }) => deed.kind === "message" && deed.text)).toEqual([
    "one",
    "two",
    "three",
  ])
  while (memory.get("waiting") !== "[]") await Bun.sleep(1)
})

test("what was read is on disk before anybody has looked at it: nothing tells it twice", async () => {
  await using network = fakeSignal()
  const memory = new Map<string, string>()
  const read = Promise.withResolvers<string | undefined>()
  const hear = async () => {
    await Promise.resolve()
    await Promise.resolve()
    read.resolve(memory.get("waiting"))
    return new Promise<never>(() => {})
  }
  await using _ = await connectAdapter(signal, network, { memory, hear })
  await network.say(network.ada, network.room, "keep this")
  expect(await read.promise).toContain("keep this")
})

test("an event that is told again after it was taken is not handed over again", async () => {
  await using place = await start()
  const { network, host } = place
  const id = await network.say(network.ada, network.room, "once")
  await host.until(saysOf("once"))
  network.drop()
  await network.untilConnected()
  await network.repeat(id)
  await network.say(network.ada, network.room, "then")
  await host.until(saysOf("then"))
  expect(host.arrivals).toHaveLength(2)
})

test("what is no event does no harm", async () => {
  await using place = await start()
  const { network, host } = place
  network.write('event:receive\ndata:{"broken\n\n')
  network.write(`data:${JSON.stringify({ envelope: { dataMessage: { message: 7 } } })}\n\n`)
  network.write("data:null\n\ndata:[]\n\n:\n\n\n")
  await network.say(network.ada, network.room, "still there")
  await host.until(saysOf("still there"))
  expect(host.arrivals).toHaveLength(1)
})

test("a stream that is silent for long is taken up anew", async () => {
  const clock = turnableClock()
  await using place = await start({ clock })
  const { network, host } = place
  clock.turn(61_000)
  while (network.opened < 2) await Bun.sleep(1)
  await network.say(network.ada, network.room, "hello?")
  await host.until(saysOf("hello?"))
})

test("a daemon that went away ends the connection after some tries, to be tried again", async () => {
  const network = fakeSignal()
  const clock = turnableClock()
  await using host = await connectAdapter(signal, network, { clock })
  const ended = new AbortController()
  const over = host.connection.over.catch((error: unknown) => {
    ended.abort()
    return error
  })
  await network[Symbol.asyncDispose]()
  while (!ended.signal.aborted) {
    clock.turn(11_000)
    await Bun.sleep(1)
  }
  const error = await over
  expect(connectionOver.is(error) && error.data.why).toBe("gone")
})

test("events are read however they are cut, and one without end is left out", () => {
  const lines = createEventLines(100)
  const text = 'event:receive\r\ndata:{"a":"é"}\r\n\r\n:\n\ndata: x\ndata: y\n\n'
  const bytes = new TextEncoder().encode(text)
  expect([...bytes].flatMap((byte) => lines(new Uint8Array([byte])))).toEqual(['{"a":"é"}', "x\ny"])
  expect(lines(new TextEncoder().encode(`data:${"z".repeat(500)}`))).toEqual([])
  expect(lines(new TextEncoder().encode("\n\ndata:after\n\n"))).toEqual(["after"])
})
