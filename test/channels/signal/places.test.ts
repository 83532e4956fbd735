import { expect, test } from "bun:test"
import { signal } from "../../../src/channels/signal/index.ts"
import { render } from "../../../src/channels/signal/render.ts"
import type { SignalSettings } from "../../../src/channels/signal/settings.ts"
import { accountSchema } from "../../../src/channels/resolve.ts"
import type { Conversation } from "../../../src/kernel/network.ts"

const config = (settings: object) => accountSchema(signal).parse(settings) as SignalSettings
const uuid = "aaaaaaaa-0000-4000-8000-000000000001"

test.each([
  ["+49 151 0000-0001", "+4915100000001"],
  ["signal:+4915100000001", "+4915100000001"],
  [uuid.toUpperCase(), `uuid:${uuid}`],
  [`uuid:${uuid}`, `uuid:${uuid}`],
  ["*", "*"],
  ["username:ada.12", undefined],
  ["Ada", undefined],
  ["015100000001", undefined],
])("%s stands for %s", (entry, id) => {
  expect(signal.normalize(entry)).toBe(id)
})

test.each([
  ["+4915100000001", { id: "+4915100000001", kind: "direct" }],
  ["signal:+4915100000001", { id: "+4915100000001", kind: "direct" }],
  [uuid, { id: `uuid:${uuid}`, kind: "direct" }],
  ["signal:group:Z3JvdXAtMTIzNDU2Nzg5MA==", { id: "Z3JvdXAtMTIzNDU2Nzg5MA==", kind: "group" }],
  ["group:Z3JvdXAtMTIzNDU2Nzg5MA==", { id: "Z3JvdXAtMTIzNDU2Nzg5MA==", kind: "group" }],
  ["username:ada.12", { id: "username:ada.12", kind: "direct" }],
  ["Ada", { problem: expect.stringContaining("group:") }],
])("something may be sent to %s", (text, place) => {
  expect(signal.target(text)).toEqual(place as never)
})

test("rooms have the rules of their group; private chats have none", () => {
  const group: Conversation = { id: "Z3JvdXA=", kind: "group" }
  expect(signal.room(config({}), group)).toMatchObject({ listed: "open", requireMention: true })
  const listed = config({ groups: { "Z3JvdXA=": { requireMention: false } } })
  expect(signal.room(listed, group)).toMatchObject({ listed: "yes", requireMention: false })
  expect(signal.room(listed, { ...group, id: "b3RoZXI=" }).listed).toBe("no")
  expect(signal.room(listed, { id: "+4915100000001", kind: "direct" }).enabled).toBe(true)
})

test("a daemon of our own listens on this machine only", () => {
  for (const httpHost of ["0.0.0.0", "192.168.1.2", "example.com", "127.0.0.1.example.com"])
    expect(signal.check!(config({ httpHost }))).toMatchObject([{ path: ["httpHost"] }])
  for (const httpHost of ["127.0.0.1", "localhost", "::1"])
    expect(signal.check!(config({ httpHost }))).toEqual([])
  expect(signal.check!(config({ httpHost: "0.0.0.0", autoStart: false }))).toEqual([])
})

test("quoted lines stand behind a sign, and what is marked in them stays marked", () => {
  expect(
    render({
      text: "a\none\ntwo\nb",
      spans: [
        { start: 2, end: 9, style: "quote" },
        { start: 6, end: 9, style: "bold" },
        { start: 10, end: 11, style: "italic" },
      ],
    }),
  ).toEqual({ message: "a\n> one\n> two\nb", textStyle: ["10:3:BOLD", "14:1:ITALIC"] })
})

test("an address is told once where the words are the address", () => {
  const text = "https://a.example/"
  const spans = [{ start: 0, end: text.length, style: "link" as const, href: "https://a.example" }]
  expect(render({ text, spans })).toEqual({ message: text, textStyle: [] })
})
