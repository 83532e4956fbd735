import { expect, test } from "bun:test"
import { telegram } from "../../../src/channels/telegram/index.ts"
import { accountSchema } from "../../../src/channels/resolve.ts"
import type { TelegramSettings } from "../../../src/channels/telegram/settings.ts"

const settings = (written: object) =>
  accountSchema(telegram).parse({ botToken: "1:abcdefghijk", ...written }) as TelegramSettings

test.each([
  ["42", { id: "42", kind: "direct" }],
  ["tg:42", { id: "42", kind: "direct" }],
  ["-1001234", { id: "-1001234", kind: "group" }],
  ["@some_channel", { id: "@some_channel" }],
  ["https://t.me/some_channel", { id: "@some_channel" }],
  ["-1001234:topic:7", { id: "-1001234", kind: "group", thread: { id: "7", kind: "topic" } }],
  ["-1001234:7", { id: "-1001234", kind: "group", thread: { id: "7", kind: "topic" } }],
  [
    "telegram:group:-1001234:topic:7",
    { id: "-1001234", kind: "group", thread: { id: "7", kind: "topic" } },
  ],
])("the target %s is understood", (text, conversation) => {
  expect(telegram.target(text)).toEqual(conversation as never)
})

test.each(["", "ada", "#room", "42:topic:", "-", "1e9", "../x", "42\n43"])(
  "%p is no target, and the answer says what one looks like",
  (text) => {
    expect(telegram.target(text)).toEqual({ problem: expect.stringContaining("-1001234") })
  },
)

test.each([
  ["42", "42"],
  ["tg:42", "42"],
  ["telegram:42", "42"],
  ["@ada", undefined],
  ["ada", undefined],
  ["*", undefined],
])("of the entry %s, %p counts: names change hands", (entry, id) => {
  expect(telegram.normalize(entry)).toBe(id)
})

test("a topic inherits from its group, and that from the entry for all", () => {
  const config = settings({
    groups: {
      "*": { requireMention: false, systemPrompt: "all" },
      "-1": { systemPrompt: "group", topics: { 7: { agentId: "helper", allowFrom: [42] } } },
    },
  })
  const rules = telegram.room(config, {
    id: "-1",
    kind: "group",
    thread: { id: "7", kind: "topic" },
  })
  expect(rules).toMatchObject({
    listed: "yes",
    requireMention: false,
    systemPrompt: "group",
    agentId: "helper",
    senders: ["42"],
  })
  expect(telegram.room(config, { id: "-1", kind: "group" }).agentId).toBeUndefined()
})

test("a group that is not named is not listed; without a list none is kept", () => {
  const room = { id: "-2", kind: "group" as const }
  expect(telegram.room(settings({ groups: { "-1": {} } }), room).listed).toBe("no")
  expect(telegram.room(settings({}), room).listed).toBe("open")
})

test("a webhook without a secret is no valid config", () => {
  const config = settings({ webhookUrl: "https://bot.example.com/telegram-webhook" })
  expect(telegram.check?.(config)).toEqual([
    { path: ["webhookSecret"], message: expect.stringContaining("webhookUrl") },
  ])
})

test("the old list of capabilities still means what it meant", () => {
  expect(settings({ capabilities: ["inlineButtons"] }).capabilities.inlineButtons).toBe("all")
  expect(settings({ capabilities: [] }).capabilities.inlineButtons).toBe("off")
  expect(settings({}).capabilities.inlineButtons).toBe("allowlist")
})
