import { expect, test } from "bun:test"
import fc from "fast-check"
import { agents as agentsSection } from "../../src/agents/config.ts"
import { bindings as section, type Bindings } from "../../src/routing/config.ts"
import { route } from "../../src/routing/route.ts"
import { bindingFor, type Spot, tiers } from "../../src/routing/tiers.ts"
import { session as sessionSection } from "../../src/sessions/config.ts"

const match: Record<(typeof tiers)[number], object> = {
  peer: { channel: "net", peer: { kind: "channel", id: "thread" } },
  parent: { channel: "net", peer: { kind: "channel", id: "room" } },
  "guild-roles": { channel: "net", guildId: "g", roles: ["r2"] },
  guild: { channel: "net", guildId: "g" },
  team: { channel: "net", teamId: "t" },
  account: { channel: "net" },
  channel: { channel: "net", accountId: "*" },
}
const ofTier = (tier: (typeof tiers)[number]) => ({ agentId: tier, match: match[tier] })
const bindings = (list: object[]) => section.schema.parse(list)

const spot: Spot = {
  channel: "net",
  account: "default",
  isDefault: true,
  conversation: { id: "thread", kind: "channel", parent: "room", guild: "g", team: "t" },
  sender: { ids: ["ada"], roles: ["r1", "r2"] },
}

test("the narrowest binding wins, in whatever order they stand", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...tiers], { minLength: 1 }), (chosen) => {
      const narrowest = tiers.find((tier) => chosen.includes(tier))!
      const found = bindingFor(bindings(chosen.map(ofTier)), spot)
      expect(found).toMatchObject({ tier: narrowest, binding: { agentId: narrowest } })
    }),
  )
})

test("among equals the first in the config wins", () => {
  const two = bindings([
    { agentId: "one", match: { channel: "net" } },
    { agentId: "two", match: { channel: "net" } },
  ])
  expect(bindingFor(two, spot)?.binding.agentId).toBe("one")
})

test("everything a binding says has to hold", () => {
  const missing: [string, Partial<Spot>][] = [
    ["parent", { conversation: { id: "x", kind: "channel" } }],
    ["guild-roles", { sender: { ids: ["ada"], roles: ["r1"] } }],
    ["guild", { conversation: { id: "x", kind: "channel", guild: "other" } }],
    ["team", { conversation: { id: "x", kind: "channel" } }],
    ["account", { account: "work", isDefault: false }],
    ["channel", { channel: "other" }],
  ]
  for (const [tier, change] of missing)
    expect(bindingFor(bindings([ofTier(tier as "team")]), { ...spot, ...change })).toBeUndefined()
})

test("a person is bound by any of their ids, and never by a room that is named like them", () => {
  const one = bindings([
    { agentId: "x", match: { channel: "net", peer: { kind: "direct", id: 42 } } },
  ])
  const direct = { ...spot, conversation: { id: "dm", kind: "direct" as const } }
  expect(bindingFor(one, { ...direct, sender: { ids: ["7", "42"] } })?.tier).toBe("peer")
  expect(bindingFor(one, { ...spot, conversation: { id: "42", kind: "group" } })).toBeUndefined()
})

const config = {
  agents: agentsSection.schema.parse({ list: [{ id: "main" }, { id: "work" }, { id: "topic" }] }),
  session: sessionSection.schema.parse({ dmScope: "per-channel-peer" }),
}
const routed = (list: Bindings, at: Partial<Spot> = {}, topicAgent?: string) =>
  route({ ...spot, ...at }, { ...config, bindings: list, topicAgent })

test("an agent that is not there leaves the message to the default one", () => {
  const list = bindings([{ agentId: "gone", match: { channel: "net" } }])
  expect(routed(list)).toMatchObject({ agentId: "main", by: "default" })
})

test("a topic's own agent goes before every binding", () => {
  const list = bindings([{ agentId: "work", match: match.peer }])
  expect(routed(list, {}, "topic")).toMatchObject({ agentId: "topic", by: "topic" })
})

test("each kind of conversation has its session", () => {
  const key = (conversation: Spot["conversation"]) => routed([], { conversation }).sessionKey
  expect(key({ id: "dm", kind: "direct" })).toBe("agent:main:net:direct:ada")
  expect(key({ id: "g1", kind: "group" })).toBe("agent:main:net:group:g1")
  expect(key({ id: "c1", kind: "channel", thread: { id: "9", kind: "thread" } })).toBe(
    "agent:main:net:channel:c1:thread:9",
  )
  expect(key({ id: "-100", kind: "group", thread: { id: "7", kind: "topic" } })).toBe(
    "agent:main:net:group:-100:topic:7",
  )
})
