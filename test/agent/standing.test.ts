import { expect, test } from "bun:test"
import { standingOf } from "../../src/agent/standing.ts"
import type { Inbound, Sender } from "../../src/kernel/channel.ts"

const from = (sender: Sender, more: Partial<Inbound> = {}): Inbound => ({
  channel: "webchat",
  account: "default",
  chat: "c",
  id: "1",
  text: "hi",
  sender,
  ...more,
})
const main = { sessionKey: "agent:main:main", agentId: "main" }
const operator = (admin: boolean): Sender => ({ kind: "operator", clientId: "cli", admin })
const agent = (owner: boolean): Sender => ({ kind: "agent", sessionKey: "agent:main:x", owner })

test.each<[string, Sender, boolean]>([
  ["an operator with every right", operator(true), true],
  ["an operator who may only write", operator(false), false],
  ["a person on a chat network", { kind: "person", id: "7" }, false],
  ["a session whose turn the owner started", agent(true), true],
  ["a session whose turn somebody else started", agent(false), false],
])("%s: what only the owner may do follows from who started it", (_, sender, owner) => {
  expect(standingOf(from(sender), main).owner).toBe(owner)
})

test("a person's place is known by room and sender, a private chat is no room", () => {
  const person = { kind: "person" as const, id: "7" }
  const seen = (chat: string) => standingOf(from(person, { channel: "telegram", chat }), main)
  expect(seen("-100")).toMatchObject({
    surface: "channel",
    place: { channel: "telegram", account: "default", group: "-100", sender: "7" },
  })
  expect(seen("7").place).toEqual({ channel: "telegram", account: "default", sender: "7" })
  expect(standingOf(from(operator(true)), main)).toMatchObject({ surface: "chat" })
})

test("in a subagent's session everything has a subagent's standing", () => {
  const sessionKey = "agent:main:subagent:1"
  for (const sender of [operator(true), agent(true)])
    expect(standingOf(from(sender), { ...main, sessionKey }).surface).toBe("subagent")
})
