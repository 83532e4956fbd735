import { expect, test } from "bun:test"
import fc from "fast-check"
import { session } from "../../src/sessions/config.ts"
import { isMain, kindOf, parseKey, readKey } from "../../src/sessions/keys.ts"
import * as make from "../../src/sessions/make-key.ts"

const settings = (more: object = {}) => session.schema.parse(more)
const ada = { agentId: "main", channel: "telegram", account: "work", peer: "42" }

test.each([
  ["main", "agent:main:main"],
  ["per-peer", "agent:main:direct:42"],
  ["per-channel-peer", "agent:main:telegram:direct:42"],
  ["per-account-channel-peer", "agent:main:telegram:work:direct:42"],
])("a private chat with dmScope %s has the session %s", (dmScope, key) => {
  expect(make.directKey(ada, settings({ dmScope }))).toBe(key)
})

test("with scope global everybody shares one session", () => {
  const shared = settings({ scope: "global", dmScope: "per-peer" })
  expect(make.directKey(ada, shared)).toBe("global")
  expect(make.roomKey({ ...ada, kind: "group", id: "-1" }, shared)).toBe("global")
})

test("one person shares a session across networks, and no stranger who takes the name does", () => {
  const identityLinks = { Ada: ["telegram:42", "DISCORD:7"] }
  const linked = settings({ dmScope: "per-peer", identityLinks })
  const key = (channel: string, peer: string) => make.directKey({ ...ada, channel, peer }, linked)
  expect([key("telegram", "42"), key("discord", "7")]).toEqual([
    "agent:main:direct:Ada",
    "agent:main:direct:Ada",
  ])
  expect(key("irc", "ada")).toBe("agent:main:direct:irc%3Aada")
  expect(key("signal", "42")).toBe("agent:main:direct:42")
})

test.each([
  [
    make.roomKey({ ...ada, kind: "group", id: "-100" }, settings()),
    "agent:main:telegram:group:-100",
  ],
  [
    make.roomKey(
      { ...ada, kind: "group", id: "-100", thread: { kind: "topic", id: "9" } },
      settings(),
    ),
    "agent:main:telegram:group:-100:topic:9",
  ],
  [
    make.roomKey({ agentId: "ops", channel: "slack", kind: "channel", id: "C1" }, settings()),
    "agent:ops:slack:channel:C1",
  ],
  [make.threadKey("agent:ops:slack:channel:C1", "17.5"), "agent:ops:slack:channel:C1:thread:17.5"],
  [make.subagentKey("main", "u1"), "agent:main:subagent:u1"],
  [make.subagentKey("main", "u1", "agent:main:main"), "agent:main:subagent:u1"],
  [make.subagentKey("main", "u2", "agent:main:subagent:u1"), "agent:main:subagent:u1:subagent:u2"],
  [make.slashKey({ agentId: "main", channel: "discord", peer: "7" }), "agent:main:discord:slash:7"],
  [make.harnessKey("main", "u1"), "agent:main:acp:u1"],
  [make.jobKey("daily"), "cron:daily"],
  [make.jobRunKey("main", "daily", "r1"), "agent:main:cron:daily:run:r1"],
  [make.hookKey("u1"), "hook:u1"],
  [make.nodeKey("phone"), "node-phone"],
])("a key is made as %s", (made, key) => {
  expect(made).toBe(key)
  expect(parseKey(made, "main").key).toBe(key)
})

test.each([
  ["agent:main:main", { kind: "main" }],
  ["agent:main:main:thread:5", { kind: "direct", thread: "5", parent: "agent:main:main" }],
  ["agent:main:direct:42", { kind: "direct", peer: "42" }],
  ["agent:main:telegram:direct:42", { kind: "direct", channel: "telegram", peer: "42" }],
  [
    "agent:main:telegram:work:direct:42",
    { kind: "direct", channel: "telegram", account: "work", peer: "42" },
  ],
  ["agent:main:googlechat:dm:s1", { kind: "direct", channel: "googlechat", peer: "s1" }],
  ["agent:main:slack:room:C1", { kind: "channel", channel: "slack", peer: "C1" }],
  [
    "agent:main:telegram:group:-1:topic:9",
    {
      kind: "group",
      channel: "telegram",
      peer: "-1",
      thread: "9",
      parent: "agent:main:telegram:group:-1",
    },
  ],
  ["agent:main:discord:slash:7", { kind: "slash", channel: "discord", peer: "7" }],
  ["agent:main:subagent:a:subagent:b", { kind: "subagent", depth: 2 }],
  ["agent:main:acp:u", { kind: "acp" }],
  ["agent:main:cron:j:run:r", { kind: "cron" }],
  ["cron:j", { kind: "cron" }],
  ["hook:u", { kind: "hook" }],
  ["node-n", { kind: "node" }],
  ["global", { kind: "global" }],
  ["unknown", { kind: "unknown" }],
  ["agent:main:project-x", { kind: "named" }],
])("%s is read as what it names", (key, facts) => {
  expect(readKey(key)).toEqual(facts as ReturnType<typeof readKey>)
})

test("nobody is an agent's main session but the one", () => {
  for (const key of [
    "agent:main:slack:channel:main",
    "agent:main:direct:main",
    "agent:main:x:main",
    "global",
  ])
    expect([key, isMain(key)]).toEqual([key, false])
  expect(isMain("agent:ops:main")).toBe(true)
})

test("reserved words are the same however they are cased; what follows them is not", () => {
  expect(parseKey("GLOBAL", "ops")).toMatchObject({ key: "global", agentId: "ops" })
  expect(parseKey("Cron:Daily", "ops").key).toBe("cron:Daily")
  expect(kindOf(parseKey("Global", "ops").key)).toBe("global")
})

test("no id from a network can make itself another conversation's", () => {
  const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  const rooms = fc.record({ peer: id, thread: fc.option(id, { nil: undefined }) })
  const keyOf = ({ peer, thread }: { peer: string; thread?: string }) =>
    make.roomKey(
      {
        ...ada,
        kind: "group",
        id: peer,
        ...(thread && { thread: { kind: "thread", id: thread } }),
      },
      settings(),
    )
  fc.assert(
    fc.property(rooms, rooms, (one, other) => {
      const isSame = one.peer === other.peer && one.thread === other.thread
      expect(keyOf(one) === keyOf(other)).toBe(isSame)
      expect(readKey(keyOf(one)).thread === undefined).toBe(one.thread === undefined)
      expect(parseKey(keyOf(one), "x").key).toBe(keyOf(one))
    }),
  )
})
