import { describe, expect, test } from "bun:test"
import { mayElevate } from "../../src/agents/elevated.ts"
import type { Standing } from "../../src/kernel/tool.ts"

const standing = (more: Partial<Standing> = {}): Standing => ({
  agentId: "main",
  sessionKey: "agent:main:main",
  owner: false,
  surface: "channel",
  place: { channel: "telegram", account: "default", sender: "42" },
  ...more,
})
const open = { enabled: true, allowFrom: {} }
const from = (...senders: string[]) => ({ enabled: true, allowFrom: { telegram: senders } })

describe("commands leave the sandbox", () => {
  test("for the operator, unless it is switched off for all or for the agent", () => {
    const owner = standing({ owner: true, surface: "chat", place: undefined })
    expect(mayElevate(owner, [open, undefined])).toBe(true)
    expect(mayElevate(owner, [{ ...open, enabled: false }, undefined])).toBe(false)
    expect(mayElevate(owner, [open, { enabled: false }])).toBe(false)
  })

  test.each([
    ["42", true],
    ["id:42", true],
    ["from:42", true],
    ["*", true],
    ["43", false],
    ["4", false],
    ["name:42", false],
    ["username:42", false],
    ["tag:42", false],
    ["id:", false],
  ])("for a sender that %s names: %p", (entry, allowed) => {
    expect(mayElevate(standing(), [from(entry), undefined])).toBe(allowed)
  })

  test("for a number however it is written", () => {
    const place = { channel: "telegram", account: "default", sender: "+1 (555) 010" }
    expect(mayElevate(standing({ place }), [from("e164:+1555010"), undefined])).toBe(true)
    expect(mayElevate(standing({ place }), [from("e164:+"), undefined])).toBe(false)
  })

  test("only when both lists have the sender, where the agent has one", () => {
    expect(mayElevate(standing(), [from("42"), from("42")])).toBe(true)
    expect(mayElevate(standing(), [from("42"), from("43")])).toBe(false)
    expect(mayElevate(standing(), [from("43"), from("42")])).toBe(false)
    expect(mayElevate(standing(), [from("42"), { enabled: true }])).toBe(true)
  })

  test("for nobody on another channel, without a sender, or by a name every object has", () => {
    const at = (channel: string, sender?: string) =>
      standing({ place: { channel, account: "default", ...(sender && { sender }) } })
    expect(mayElevate(at("discord", "42"), [from("42"), undefined])).toBe(false)
    expect(mayElevate(at("telegram"), [from("42"), undefined])).toBe(false)
    expect(mayElevate(at("constructor", "42"), [from("42"), undefined])).toBe(false)
    expect(mayElevate(standing(), [open, undefined])).toBe(false)
  })

  test.each(["http", "hook", "cron", "subagent", "node"] as const)(
    "never for what comes by %s",
    (surface) => {
      expect(mayElevate(standing({ owner: true, surface }), [from("*"), undefined])).toBe(false)
    },
  )
})
