import { describe, expect, test } from "bun:test"
import { commandRights } from "../../src/agent/chat-commands.ts"
import { kindOf } from "../../src/agent/admitted.ts"
import { commands as section } from "../../src/agents/commands.ts"
import { senderRules } from "../../src/access/place-rules.ts"
import type { Inbound, OnNetwork } from "../../src/kernel/channel.ts"

const inRoom = (listed: boolean): OnNetwork => ({
  conversation: { id: "room", kind: "group" },
  at: 0,
  addressed: true,
  listed,
})
const inPrivate: OnNetwork = { ...inRoom(false), conversation: { id: "dm", kind: "direct" } }
const rights = (
  config: object,
  network: OnNetwork,
  { ids = ["42"], channel = "telegram" }: { ids?: [string, ...string[]]; channel?: string } = {},
) =>
  commandRights(
    { channel, network, sender: { kind: "person", id: ids[0], ids, name: "owner" } },
    section.schema.parse(config),
  )

describe("who may use commands on a network", () => {
  test("an owner by network and id, on that network alone", () => {
    const config = { ownerAllowFrom: ["telegram:42"] }
    expect(rights(config, inPrivate)).toBe("owner")
    expect(rights(config, inPrivate, { ids: ["7", "42"] })).toBe("owner")
    expect(rights(config, inPrivate, { channel: "discord" })).toBe("anyone")
    expect(rights(config, inPrivate, { ids: ["telegram:42"] })).toBe("anyone")
  })

  test("nobody becomes an owner by a wildcard (N134)", () => {
    expect(rights({ allowFrom: { "*": ["*"] } }, inPrivate)).toBe("anyone")
    expect(rights({ allowFrom: { telegram: ["*"] } }, inRoom(true))).toBe("anyone")
    expect(section.schema.safeParse({ ownerAllowFrom: ["*"] }).success).toBe(false)
  })

  test("where allowFrom is set, it alone decides", () => {
    const config = { allowFrom: { telegram: ["7"] }, ownerAllowFrom: ["telegram:42"] }
    expect(rights(config, inPrivate)).toBe("none")
    expect(rights(config, inPrivate, { ids: ["7"] })).toBe("owner")
    expect(rights({ allowFrom: { telegram: [] } }, inPrivate)).toBe("none")
  })

  test("in rooms only those on its list, unless that is not wanted", () => {
    expect(rights({}, inRoom(false))).toBe("none")
    expect(rights({}, inRoom(true))).toBe("anyone")
    expect(rights({ useAccessGroups: false }, inRoom(false))).toBe("anyone")
  })
})

describe("messages of several people in one session (N138)", () => {
  const message = (network: Partial<OnNetwork>): Inbound => ({
    channel: "telegram",
    account: "default",
    chat: "room",
    id: "1",
    sender: { kind: "person", id: "1" },
    text: "hi",
    network: { ...inRoom(true), ...network },
  })
  test("share a turn only where all may do the same", () => {
    expect(kindOf(message({}))).toBe(
      kindOf({ ...message({}), sender: { kind: "person", id: "2" } }),
    )
    expect(kindOf(message({ listed: false }))).not.toBe(kindOf(message({})))
    expect(kindOf(message({ rules: "id:1" }))).not.toBe(kindOf(message({})))
  })
})

describe("tools by sender", () => {
  const channel = { id: "net", normalize: (entry: string) => entry.replace(/^net:/, "") }
  const of = (toolsBySender: object, ids: [string, ...string[]] = ["42"]) =>
    senderRules({ toolsBySender }, { ids }, channel)

  test("a sender is named by a stable id in any of its forms, or by *", () => {
    for (const entry of ["42", "id:42", "channel:42", "net:42"])
      expect(of({ [entry]: {} })).toBe(entry)
    expect(of({ "*": {}, "id:42": {} })).toBe("id:42")
    expect(of({ "*": {}, "id:7": {} })).toBe("*")
    expect(of({ "id:7": {} })).toBeUndefined()
  })

  test("a name that anyone can take matches nobody (N130)", () => {
    expect(of({ "username:42": {}, "name:42": {} })).toBeUndefined()
  })
})
