import { describe, expect, test } from "bun:test"
import type { proto, WAMessage } from "baileys"
import type { Deed } from "../../../src/kernel/network.ts"
import { arrival } from "../../../src/plugins/arrived.ts"
import { messageIdOf } from "../../../src/plugins/whatsapp/ids.ts"
import { type Around, arrivalOf, namesOwn } from "../../../src/plugins/whatsapp/inbound.ts"

const own = { jid: "4915550000001:7@s.whatsapp.net", lid: "100000000000001:7@lid" }
const ada = "4915550000002@s.whatsapp.net"
const room = "120363000000000001@g.us"
const around: Around = {
  own,
  selfChat: false,
  numberOf: async (lid) => (lid === "200@lid" ? ada : undefined),
  titleOf: async () => "The garden",
}

const heard = (
  message: proto.IMessage,
  key: Partial<WAMessage["key"]> = {},
  more: Partial<Around> = {},
) =>
  arrivalOf(
    {
      key: { id: "A1", remoteJid: ada, fromMe: false, ...key },
      message,
      messageTimestamp: 1_700_000_000,
      pushName: "Ada",
    },
    { ...around, ...more },
  )
const inRoom = { remoteJid: room, participant: ada }
const said = async (...args: Parameters<typeof heard>) =>
  (await heard(...args))?.deed as Extract<Deed, { kind: "message" }>
const hello = { conversation: "hello" }

describe("people", () => {
  test("go by their number, in private and in a group", async () => {
    const sender = { ids: ["+4915550000002"], name: "Ada" }
    expect(await heard(hello)).toMatchObject({
      conversation: { id: "+4915550000002", kind: "direct" },
      sender,
      at: 1_700_000_000_000,
    })
    expect(await heard(hello, inRoom)).toMatchObject({
      conversation: { id: room, kind: "group", title: "The garden" },
      sender,
    })
  })

  test.each([
    ["as its envelope says", { remoteJid: "300@lid", remoteJidAlt: ada }, "300@lid"],
    ["as is known of them", { remoteJid: "200@lid" }, "200@lid"],
  ])("whose number is hidden go by it %s", async (_, key, lid) => {
    expect((await heard(hello, key))?.sender.ids).toEqual(["+4915550000002", lid])
  })

  test("whose number nobody knows go by the address that stands for it", async () => {
    expect(await heard(hello, { remoteJid: "999@lid" })).toMatchObject({
      conversation: { id: "999@lid" },
      sender: { ids: ["999@lid"] },
    })
  })
})

describe("what the owner writes", () => {
  const mine = { remoteJid: "4915550000001@s.whatsapp.net", fromMe: true }

  test("from another device to somebody else is nobody's message", async () => {
    expect(await heard(hello, { fromMe: true }, { selfChat: true })).toBeUndefined()
    expect(await heard(hello, { ...inRoom, fromMe: true }, { selfChat: true })).toBeUndefined()
  })

  test("to themselves is heard only where that is wanted, and never what we said there", async () => {
    expect(await heard(hello, mine)).toBeUndefined()
    expect((await heard(hello, mine, { selfChat: true }))?.sender.ids[0]).toBe("+4915550000001")
    const echo = { ...mine, id: messageIdOf("nonce") }
    expect(await heard(hello, echo, { selfChat: true })).toBeUndefined()
  })

  test("is wanted where the list of who is heard names the account's own number", () => {
    expect(namesOwn(["+4915550000001"], own)).toBe(true)
    expect(namesOwn(["+4915550000002", "*"], own)).toBe(false)
  })
})

describe("messages", () => {
  test.each([
    ["that disappear", { ephemeralMessage: { message: hello } }],
    ["for one look", { viewOnceMessage: { message: hello } }],
    ["for one look, later on", { viewOnceMessageV2: { message: hello } }],
    [
      "that disappear, for one look",
      { ephemeralMessage: { message: { viewOnceMessage: { message: hello } } } },
    ],
  ])("%s are read", async (_, message) => {
    expect((await said(message)).text).toBe("hello")
  })

  test.each([
    [{ mentionedJid: ["4915550000001@s.whatsapp.net"] }, { bot: true, others: false }],
    [{ mentionedJid: ["100000000000001@lid"] }, { bot: true, others: false }],
    [{ mentionedJid: [ada] }, { bot: false, others: true }],
    [{}, { bot: false, others: false }],
  ])("in a group say whom they mention: %j", async (contextInfo, mentions) => {
    const message = { extendedTextMessage: { text: "look", contextInfo } }
    expect((await said(message, inRoom)).mentions).toEqual(mentions)
  })

  test("mention the account by the digits of its number as well", async () => {
    expect((await said({ conversation: "@4915550000001 hi" }, inRoom)).mentions?.bot).toBe(true)
  })

  test("say what they answer, and whether that was ours", async () => {
    const answer = (stanzaId: string, participant: string) => ({
      extendedTextMessage: {
        text: "yes",
        contextInfo: { stanzaId, participant, quotedMessage: { conversation: "shall we?" } },
      },
    })
    expect((await said(answer("B2", ada), inRoom)).quoted).toEqual({
      id: "B2",
      text: "shall we?",
      own: false,
      sender: { ids: ["+4915550000002"] },
    })
    expect((await said(answer("B2", own.lid!), inRoom)).quoted?.own).toBe(true)
    expect((await said(answer(messageIdOf("n"), ada), inRoom)).quoted?.own).toBe(true)
  })

  test("hold places", async () => {
    const locationMessage = { degreesLatitude: 52.5, degreesLongitude: 13.4, name: "Home" }
    expect((await said({ locationMessage })).location).toEqual({
      latitude: 52.5,
      longitude: 13.4,
      name: "Home",
    })
    expect(await heard({ locationMessage: { degreesLatitude: Number.NaN } })).toBeUndefined()
  })

  test("hold contacts, in words", async () => {
    const vcard = "BEGIN:VCARD\nFN:Bob\nitem1.TEL;waid=49123:+49 123\nEND:VCARD"
    const message = { contactMessage: { displayName: "Bob", vcard } }
    expect((await said(message)).text).toBe("<contact: Bob, +49 123>")
  })

  test("that nobody said are nothing", async () => {
    for (const message of [{}, { protocolMessage: { type: 5 } }, { conversation: "" }])
      expect(await heard(message)).toBeUndefined()
  })
})

const long = "x".repeat(300_000)
test.each<[string, proto.IMessage, Partial<WAMessage["key"]>?]>([
  ["a text without end", { conversation: long }],
  ["an id without end", hello, { id: long }],
  ["a reaction without end", { reactionMessage: { key: { id: "B2" }, text: long } }],
  ["a reaction to nothing", { reactionMessage: { text: "👍" } }],
  [
    "an edit without end",
    { protocolMessage: { type: 14, key: { id: "B2" }, editedMessage: { conversation: long } } },
  ],
  ["a deletion of an id without end", { protocolMessage: { type: 0, key: { id: long } } }],
  [
    "a quote without end",
    {
      extendedTextMessage: {
        text: "yes",
        contextInfo: { stanzaId: "B2", quotedMessage: { conversation: long } },
      },
    },
  ],
  [
    "a file with names without end",
    {
      documentMessage: {
        mediaKey: new Uint8Array(32),
        directPath: "/v/1",
        fileName: long,
        mimetype: long,
        fileLength: -5,
      },
    },
  ],
  [
    "a file at an address without end",
    { imageMessage: { mediaKey: new Uint8Array(32), directPath: `/${long}`, caption: "look" } },
  ],
  [
    "a place with words without end",
    { locationMessage: { degreesLatitude: 1, degreesLongitude: 2, name: long, address: long } },
  ],
  ["a contact without end", { contactMessage: { displayName: long, vcard: `TEL:${long}` } }],
])("A7: %s is cut or left, and never what the gateway cannot take", async (_, message, key) => {
  for (const place of [{}, inRoom]) {
    const found = await heard(message, { ...place, ...key })
    if (found) expect(() => arrival().parse(JSON.parse(JSON.stringify(found)))).not.toThrow()
  }
})

test("a reaction says to what, and whether that was ours", async () => {
  const key = { remoteJid: ada, fromMe: true, id: messageIdOf("n") }
  expect((await heard({ reactionMessage: { key, text: "👍" } }))?.deed).toEqual({
    kind: "reaction",
    emoji: "👍",
    added: true,
    messageId: messageIdOf("n"),
    own: true,
  })
  expect((await heard({ reactionMessage: { key: { id: "B2" }, text: "" } }))?.deed).toMatchObject({
    added: false,
    own: false,
  })
})
