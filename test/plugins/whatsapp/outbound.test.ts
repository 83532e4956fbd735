import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { join } from "node:path"
import type { Enclosure, Part } from "../../../src/kernel/network.ts"
import { plain } from "../../../src/kernel/styled.ts"
import { connectAdapter } from "../../support/adapter.ts"
import { fakeWhatsapp, type FakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

// Each starts processes of its own, which takes a while on a busy machine.
setDefaultTimeout(20_000)

const { channel, remove } = await whatsappChannel()
afterAll(remove)

const never = new AbortController().signal
const toAda = ({ direct, ada }: FakeWhatsapp, more: Partial<Part>): Part => ({
  conversation: { id: direct(ada).id, kind: "direct" },
  nonce: crypto.randomUUID().slice(0, 20),
  ...more,
})

const file = async (
  { authDir }: FakeWhatsapp,
  kind: Enclosure["kind"],
  mimeType: string,
  name: string,
): Promise<Enclosure> => {
  const path = join(authDir, name)
  const bytes = await Bun.write(path, "the bytes of a file")
  return { path, kind, mimeType, name, bytes }
}

test("a part that is sent twice with one nonce has one id, and is seen once", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  const part = toAda(network, { text: plain("only once") })
  const first = await host.connection.send(part, never)
  expect((await host.connection.send(part, never)).id).toBe(first.id)
  expect(network.seen.map(({ text }) => text)).toEqual(["only once"])
})

test("a picture goes out with its words, a recording as a voice note, a file with its name", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  const { connection } = host
  const picture = await file(network, "image", "image/png", "a.png")
  await connection.send(toAda(network, { text: plain("look"), enclosure: picture }), never)
  const voice = await file(network, "voice", "audio/ogg", "a.ogg")
  await connection.send(toAda(network, { enclosure: voice }), never)
  const paper = await file(network, "document", "application/pdf", "plan.pdf")
  await connection.send(toAda(network, { enclosure: paper }), never)
  const [image, note, document] = network.received
  expect(image?.imageMessage).toMatchObject({ caption: "look", mimetype: "image/png" })
  expect(note?.audioMessage).toMatchObject({ ptt: true, mimetype: "audio/ogg; codecs=opus" })
  expect(document?.documentMessage).toMatchObject({ fileName: "plan.pdf" })
  expect(network.seen.map(({ files: [one] }) => one?.bytes)).toEqual([19, 19, 19])
})

test("a poll is one", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  const poll = { question: "When?", options: ["now", "later"], most: 1 }
  await host.connection.send(toAda(network, { poll }), never)
  expect(network.received[0]?.pollCreationMessageV3).toMatchObject({
    name: "When?",
    options: [{ optionName: "now" }, { optionName: "later" }],
    selectableOptionsCount: 1,
  })
})

test("numbers of people in a group ring with them, others do not", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  const conversation = { id: network.room.id, kind: "group" as const }
  const text = plain("@4915550000002 and @49111111111, look")
  await host.connection.send({ conversation, text, nonce: "n-1" }, never)
  expect(network.received.at(-1)?.extendedTextMessage?.contextInfo?.mentionedJid).toEqual([
    "4915550000002@s.whatsapp.net",
  ])
})

test("it reacts, takes that back, shows that it writes, and says that it has read", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  const { connection } = host
  const id = await network.say(network.ada, network.room, "react to me", { mention: true })
  const { sender } = await host.until((arrival) => arrival.id === id)
  const room = { id: network.room.id, kind: "group" as const }
  await connection.react?.(room, id, "👍", "add", sender.ids[0])
  await connection.react?.(room, id, "👍", "remove", sender.ids[0])
  await network.untilTrue(() => network.received.length === 2)
  expect(network.received.map(({ reactionMessage }) => reactionMessage?.text)).toEqual(["👍", ""])
  expect(network.received[0]?.reactionMessage?.key).toMatchObject({
    id,
    remoteJid: network.room.id,
    participant: "4915550000002@s.whatsapp.net",
  })
  await connection.typing?.(room, true)
  await connection.typing?.(room, false)
  await connection.read?.(room, id, sender.ids[0])
  const told = (tag: string, type?: string) =>
    network.nodes.find((node) => node.tag === tag && (!type || node.attrs.type === type))
  await network.untilTrue(() => told("receipt", "read"))
  expect(told("chatstate")?.content).toEqual([{ tag: "composing", attrs: {} }])
  expect(told("receipt", "read")?.attrs).toMatchObject({ id, to: network.room.id })
})

test("nobody is told that something was read where the account does not say so", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network, {
    settings: { sendReadReceipts: false },
  })
  expect(host.connection.read).toBeUndefined()
})

test("an account that is not connected says so at once instead of keeping what it was given", async () => {
  const network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  await network[Symbol.asyncDispose]()
  await expect(
    host.connection.send(toAda(network, { text: plain("anybody?") }), never),
  ).rejects.toMatchObject({ data: { why: "offline" } })
})
