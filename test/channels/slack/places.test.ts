import { expect, test } from "bun:test"
import { slack } from "../../../src/channels/slack/index.ts"
import type { SlackSettings } from "../../../src/channels/slack/settings.ts"
import { accountSchema } from "../../../src/channels/resolve.ts"
import type { Conversation } from "../../../src/kernel/network.ts"

const config = (settings: object) => accountSchema(slack).parse(settings) as SlackSettings
const rules = (settings: object, conversation: Conversation) =>
  slack.room(config(settings), conversation)

test.each([
  ["U123ABC", "U123ABC"],
  ["user:u123abc", "U123ABC"],
  ["slack:U123ABC", "U123ABC"],
  ["<@U123ABC|ada>", "U123ABC"],
  ["channel:C123ABC", "C123ABC"],
  ["*", "*"],
  ["@ada", undefined],
  ["Ada Lovelace", undefined],
  ["ada@example.com", undefined],
  ["", undefined],
])("%s stands for %s", (entry, id) => {
  expect(slack.normalize(entry)).toBe(id)
})

test.each([
  ["user:U123ABC", { id: "U123ABC", kind: "direct" }],
  ["channel:C123ABC", { id: "C123ABC" }],
  [
    "C123ABC:thread:1700000000.000100",
    { id: "C123ABC", thread: { id: "1700000000.000100", kind: "thread" } },
  ],
  ["#General", { id: "#general", kind: "channel" }],
  ["somebody", { problem: expect.stringContaining("channel:C") }],
])("something may be sent to %s", (text, place) => {
  expect(slack.target(text)).toEqual(place as never)
})

test("a channel is heard when it is listed by its id; its name counts only where that is allowed", () => {
  const general: Conversation = { id: "C1A", kind: "channel", title: "general" }
  expect(rules({}, general)).toMatchObject({ listed: "no", requireMention: true })
  expect(rules({ channels: { C1A: {} } }, general)).toMatchObject({ listed: "yes", enabled: true })
  expect(rules({ channels: { "*": { requireMention: false } } }, general)).toMatchObject({
    listed: "yes",
    requireMention: false,
  })
  const named = { channels: { "#general": { users: ["U1A"] } } }
  expect(rules(named, general)).toMatchObject({ listed: "no" })
  expect(rules({ ...named, dangerouslyAllowNameMatching: true }, general)).toMatchObject({
    listed: "yes",
    senders: ["U1A"],
  })
  expect(rules({ channels: { C1A: { allow: false }, "*": {} } }, general).enabled).toBe(false)
  expect(rules({ channels: { C1A: { allowBots: true } } }, general).allowBots).toBe(true)
})

test("where the group policy is open no channel has to be listed, and what is said of one still counts", () => {
  const general: Conversation = { id: "C1A", kind: "channel" }
  expect(rules({ groupPolicy: "open" }, general)).toMatchObject({ listed: "open", enabled: true })
  const shut = { groupPolicy: "open" as const, channels: { C1A: { allow: false } } }
  expect(rules(shut, general)).toMatchObject({ listed: "yes", enabled: false })
})

test("a channel called like a property of every object is no listed channel", () => {
  for (const id of ["constructor", "__proto__", "toString"])
    expect(rules({ channels: {} }, { id, kind: "channel" })).toMatchObject({ listed: "no" })
})

test("private chats are on and those of several people off, until they are turned on", () => {
  expect(rules({}, { id: "D1A", kind: "direct" })).toMatchObject({ enabled: true, listed: "open" })
  expect(rules({ dm: { enabled: false } }, { id: "D1A", kind: "direct" }).enabled).toBe(false)
  const several: Conversation = { id: "G1A", kind: "group" }
  expect(rules({}, several).enabled).toBe(false)
  expect(rules({ dm: { groupEnabled: true } }, several)).toMatchObject({
    enabled: true,
    listed: "open",
  })
  const listed = { dm: { groupEnabled: true, groupChannels: ["G2A"] } }
  expect(rules(listed, several).listed).toBe("no")
  expect(rules(listed, { ...several, id: "G2A" }).listed).toBe("yes")
})

test("a key that is no channel is told where it is set", () => {
  expect(
    slack.check!(config({ channels: { general: {}, "#general": {}, C1A: {}, "*": {} } })),
  ).toMatchObject([{ path: ["channels", "general"] }])
})
