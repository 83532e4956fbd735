import { expect, test } from "bun:test"
import { discord } from "../../../src/channels/discord/index.ts"
import type { DiscordSettings } from "../../../src/channels/discord/settings.ts"
import { accountSchema } from "../../../src/channels/resolve.ts"
import type { Conversation } from "../../../src/kernel/network.ts"

const settings = (written: object) => accountSchema(discord).parse(written) as DiscordSettings
const room: Conversation = {
  id: "11111111",
  kind: "channel",
  guild: "99999999",
  title: "General Chat",
  guildTitle: "My Server",
}
const rules = (guilds: object | undefined, conversation = room, more: object = {}) =>
  discord.room(settings({ guilds, ...more }), conversation)

test.each([
  ["channel:12345678", { id: "12345678", kind: "channel" }],
  ["<#12345678>", { id: "12345678", kind: "channel" }],
  ["user:12345678", { id: "user:12345678", kind: "direct" }],
  ["<@!12345678>", { id: "user:12345678", kind: "direct" }],
  ["discord:channel:12345678", { id: "12345678", kind: "channel" }],
])("the target %s is understood", (text, conversation) => {
  expect(discord.target(text)).toEqual(conversation as never)
})

test.each(["12345678", "#general", "@ada", "", "channel:x", "user:1 2"])(
  "%p is no target, and the answer says what one looks like",
  (text) => {
    expect(discord.target(text)).toEqual({ problem: expect.stringContaining("user:<id>") })
  },
)

test.each([
  ["12345678", "12345678"],
  ["discord:user:12345678", "12345678"],
  ["<@12345678>", "12345678"],
  ["ada", undefined],
  ["ada#1234", undefined],
])("of the entry %s, %p counts: names change hands", (entry, id) => {
  expect(discord.normalize(entry)).toBe(id)
})

test("a server that names channels hears no others; one that names none hears all", () => {
  expect(rules({ "99999999": {} }).listed).toBe("yes")
  expect(rules({ "99999999": { channels: { "22222222": {} } } }).listed).toBe("no")
  expect(rules({ "99999999": { channels: { "22222222": {}, "*": {} } } }).listed).toBe("yes")
  expect(rules({ "88888888": {} }).listed).toBe("no")
  expect(rules({ "*": {} }).listed).toBe("yes")
  expect(rules(undefined).listed).toBe("open")
})

test("a thread goes by its channel, unless it is named itself", () => {
  const thread = { ...room, id: "33333333", parent: room.id }
  const channels = { [room.id]: { requireMention: false } }
  expect(rules({ "99999999": { channels } }, thread)).toMatchObject({
    listed: "yes",
    requireMention: false,
  })
  const own = { ...channels, "33333333": { requireMention: true, enabled: false } }
  expect(rules({ "99999999": { channels: own } }, thread)).toMatchObject({
    requireMention: true,
    enabled: false,
  })
})

test("N130 names open nothing, unless the operator says that they may", () => {
  const byName = { "my-server": { channels: { "general-chat": {} } } }
  expect(rules(byName).listed).toBe("no")
  expect(rules(byName, room, { dangerouslyAllowNameMatching: true }).listed).toBe("yes")
})

test("where only roles are named, nobody passes by anything else", () => {
  expect(rules({ "99999999": { roles: ["5"] } })).toMatchObject({ senders: [], roles: ["5"] })
  expect(rules({ "99999999": { users: ["7"] } })).toMatchObject({ senders: ["7"] })
  const channel = { users: ["1"], roles: ["2"] }
  const guild = { users: ["7"], roles: ["8"], channels: { [room.id]: channel } }
  expect(rules({ "99999999": guild })).toMatchObject({ senders: ["1"], roles: ["2"] })
  expect(rules({ "99999999": {} }).senders).toBeUndefined()
})

test("an older allow: false keeps a channel shut", () => {
  expect(rules({ "99999999": { channels: { [room.id]: { allow: false } } } }).enabled).toBe(false)
})

test("private chats of several people are heard only where that was asked for", () => {
  const group: Conversation = { id: "44444444", kind: "group" }
  expect(rules(undefined, group)).toMatchObject({ listed: "no", enabled: false })
  expect(rules(undefined, group, { dm: { groupEnabled: true } })).toMatchObject({ listed: "yes" })
  const only = { dm: { groupEnabled: true, groupChannels: ["5"] } }
  expect(rules(undefined, group, only).listed).toBe("no")
})

test("private chats can be turned off", () => {
  const direct: Conversation = { id: "1", kind: "direct" }
  expect(rules(undefined, direct, { dm: { enabled: false } }).enabled).toBe(false)
})
