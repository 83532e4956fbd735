/** threats.md N231 and N234: one answer for every tool, surface, sender and stage. */
import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { agents } from "../../src/agents/config.ts"
import { toolRules } from "../../src/agents/tools.ts"
import { Services } from "../../src/kernel/service.ts"
import { type Standing, surfaces } from "../../src/kernel/tool.ts"
import { tools as registered } from "../../src/registry/tools.ts"
import { tools as section } from "../../src/tools/config.ts"
import { type Chain, policy } from "../../src/tools/policy.ts"
import { createPolicies, Confined, Orchestrates, PlaceRules } from "../../src/tools/standing.ts"

const others = [
  { name: "exec", group: "runtime" },
  { name: "apply_patch", group: "fs" },
  { name: "message", group: "messaging" },
  { name: "cron", group: "automation", ownerOnly: true },
  { name: "whatsapp_login", group: "automation", ownerOnly: true },
  { name: "sessions_spawn", group: "sessions" },
  { name: "sessions_list", group: "sessions" },
  { name: "notes__search", group: "x", source: { kind: "mcp", id: "notes" } },
  { name: "voice_call", group: "fs", source: { kind: "plugin", id: "voice" } },
  { name: "llm_task", group: "x", source: { kind: "plugin", id: "llm", optional: true } },
] as const
const names = new Set<string>(registered.map(({ name }) => name))
const every = [...registered, ...others.filter(({ name }) => !names.has(name))]

const model = { provider: "openai", model: "gpt-5" }
const lists = (rules: object) => toolRules().parse({ profile: "full", ...rules })
const narrow = (allow: string[], deny: string[] = []) => ({ allow, deny })

/** Each stage as a chain that lets through what `allow` and `deny` say, and nothing else narrows. */
const stagesWith: Record<string, (allow: string[], deny: string[]) => Omit<Chain, "owner">> = {
  global: (allow, deny) => ({ global: lists({ allow, deny }) }),
  provider: (allow, deny) => ({
    global: lists({ byProvider: { OpenAI: { allow, deny } } }),
    model,
  }),
  "provider of the model": (allow, deny) => ({
    global: lists({ byProvider: { "openai/GPT-5": { allow, deny } } }),
    model,
  }),
  agent: (allow, deny) => ({ global: lists({}), agent: { id: "a", ...lists({ allow, deny }) } }),
  "agent's provider": (allow, deny) => ({
    global: lists({}),
    agent: { id: "a", ...lists({ byProvider: { openai: { allow, deny } } }) },
    model,
  }),
  place: (allow, deny) => ({ global: lists({}), place: narrow(allow, deny) }),
  sandbox: (allow, deny) => ({ global: lists({}), sandbox: narrow(allow, deny) }),
  subagent: (allow, deny) => ({
    global: lists({}),
    subagent: { orchestrates: true, ...narrow(allow, deny) },
  }),
}

const spellings = (name: string) => [name, name.toUpperCase(), ` ${name} `, `${name.slice(0, 3)}*`]

describe.each(Object.entries(stagesWith))("at the stage of the %s", (_, chain) => {
  test.each(every.map((tool) => [tool.name, tool] as const))(
    "deny beats allow: %s",
    (name, tool) => {
      for (const owner of [true, false])
        for (const denied of [...spellings(name), "*"])
          for (const allowed of [[], [name], ["*"], spellings(name)])
            expect(policy({ owner, ...chain(allowed, [denied]) })(tool)).not.toBeNull()
    },
  )

  test("an owner's tool is nobody else's, whatever is allowed", () => {
    const own = every.filter((tool) => "ownerOnly" in tool && tool.ownerOnly)
    expect(own.map(({ name }) => name)).toContain("gateway")
    for (const tool of own)
      for (const allowed of [[], [tool.name], ["*"], ["group:fased"], spellings(tool.name)])
        expect(policy({ owner: false, ...chain(allowed, []) })(tool)?.stage).toBe("owner")
  })

  test("a list that allows something else closes", () => {
    for (const tool of every)
      expect(policy({ owner: true, ...chain(["no_such_tool"], []) })(tool)).not.toBeNull()
  })
})

test("N231 a turn of someone else sees the same tools on every surface", () => {
  const services = new Services()
  services.provide(section, section.schema.parse({ profile: "full" }))
  services.provide(agents, agents.schema.parse({}))
  services.provide(Confined, () => undefined)
  const policies = createPolicies(services)
  const seen = (standing: Partial<Standing>) => {
    const base = { agentId: "main", sessionKey: "agent:main:x", owner: false, surface: "chat" }
    const { policy } = policies({ ...base, ...standing } as Standing)
    return every.filter((tool) => !policy(tool)).map(({ name }) => name)
  }
  const chat = seen({})
  for (const surface of surfaces.filter((surface) => surface !== "subagent")) {
    expect(seen({ surface }), surface).toEqual(chat)
    const odd = { surface, Owner: true, senderIsOwner: "true" }
    expect(seen(odd as Partial<Standing>), surface).toEqual(chat)
  }
  expect(chat).not.toContain("gateway")
  expect(seen({ owner: true })).toContain("gateway")
  const task = seen({ owner: true, surface: "subagent" })
  expect(task).toContain("read")
  for (const name of ["gateway", "cron", "sessions_list", "sessions_spawn"])
    expect(task).not.toContain(name)
  expect(seen({ owner: true, sessionKey: "agent:main:subagent:1" })).toEqual(task)
})

test("no stage opens what another has closed, and more rules never allow more", () => {
  const pattern = fc.constantFrom(
    "*",
    "read",
    "exec",
    "bash",
    "group:fs",
    "group:plugins",
    "WRITE",
    "x",
  )
  const list = fc.array(pattern, { maxLength: 3 })
  const stage = fc.tuple(fc.constantFrom(...Object.keys(stagesWith)), list, list)
  const byName = (chain: Chain) => every.filter((tool) => !policy(chain)(tool))
  fc.assert(
    fc.property(stage, fc.boolean(), ([name, allow, deny], owner) => {
      const free = byName({ owner, global: lists({ alsoAllow: ["llm_task"] }) })
      const kept = byName({ owner, ...stagesWith[name]!(allow, deny) })
      // Naming a plugin's extra allows it at that stage; nothing else can be won.
      expect(kept.filter((tool) => !free.includes(tool))).toEqual([])
    }),
  )
})

describe("profiles", () => {
  const seen = (chain: Partial<Chain>) => {
    const hides = policy({ owner: true, global: toolRules().parse({}), ...chain })
    return every.filter((tool) => !hides(tool)).map(({ name }) => name)
  }
  const minimal = { id: "a", ...toolRules().parse({ profile: "minimal", alsoAllow: ["read"] }) }

  test("an agent's own profile takes the place of the general one, with what is allowed beside it", () => {
    const global = toolRules().parse({ profile: "full", alsoAllow: ["exec"] })
    expect(seen({ global, agent: minimal }).toSorted()).toEqual(["read", "session_status"])
  })

  test("alsoAllow adds to the profile, and nothing to other stages", () => {
    const global = toolRules().parse({ profile: "minimal", alsoAllow: ["read"], allow: ["write"] })
    expect(seen({ global })).toEqual([])
  })

  test("a provider's profile narrows further, the model's before the provider's", () => {
    const global = toolRules().parse({
      profile: "full",
      byProvider: { openai: { profile: "full" }, "openai/gpt-5": { profile: "minimal" } },
    })
    expect(seen({ global, model })).toEqual(["session_status"])
    expect(seen({ global, model: { ...model, model: "gpt-4" } })).toContain("read")
    expect(seen({ global, model: { provider: "anthropic", model: "gpt-5" } })).toContain("read")
    expect(
      seen({
        global: toolRules().parse({
          profile: "minimal",
          byProvider: { openai: { profile: "full" } },
        }),
        model,
      }),
    ).toEqual(["session_status"])
  })

  test("whoever may run commands may patch files; a denial of patches stands", () => {
    const global = (rules: object) => toolRules().parse({ profile: "full", ...rules })
    expect(seen({ global: global({ allow: ["bash"] }) })).toEqual(
      expect.arrayContaining(["exec", "apply_patch"]),
    )
    expect(seen({ global: global({ allow: ["exec"], deny: ["apply_patch"] }) })).not.toContain(
      "apply_patch",
    )
  })

  test("an extra of a plugin is off until its name, its plugin or all plugins are allowed", () => {
    const with_ = (alsoAllow: string[]) =>
      seen({ global: toolRules().parse({ profile: "full", alsoAllow }) }).includes("llm_task")
    expect([[], ["*"], ["llm*"]].map(with_)).toEqual([false, false, false])
    expect([["llm_task"], ["LLM"], ["group:plugins"]].map(with_)).toEqual([true, true, true])
  })

  test("a plugin's tool is in no group of the binary", () => {
    const global = toolRules().parse({ profile: "full", allow: ["group:fs"] })
    expect(seen({ global })).not.toContain("voice_call")
  })
})

test("what hides a tool is named with its setting", () => {
  const global = lists({ deny: ["exec"], byProvider: { openai: { allow: ["read"] } } })
  const agent = { id: "work", ...lists({ deny: ["read"] }) }
  const hides = policy({ owner: false, global, agent, model })
  const why = (name: string) => hides(every.find((tool) => tool.name === name)!)
  expect(why("gateway")).toMatchObject({ stage: "owner" })
  expect(why("exec")).toMatchObject({ stage: "global", setting: "tools.deny" })
  expect(why("write")).toMatchObject({
    stage: "provider",
    setting: 'tools.byProvider["openai"].allow',
  })
  expect(why("read")).toMatchObject({ stage: "agent", setting: "agents.list[work].tools.deny" })
})

test("a policy is made once for a reading of the config, and follows the rules of its place", () => {
  const services = new Services()
  let config = section.schema.parse({ profile: "full" })
  services.provideLive(section, () => config)
  services.provide(agents, agents.schema.parse({}))
  let rules = { allow: [] as string[], deny: ["exec"] }
  let sandboxed = false
  services.provide(PlaceRules, () => rules)
  services.provide(Confined, () => (sandboxed ? { workspace: "/w", readOnly: false } : undefined))
  services.provide(Orchestrates, () => true)
  const policies = createPolicies(services)
  const standing: Standing = {
    agentId: "main",
    sessionKey: "agent:main:telegram:group:1",
    owner: true,
    surface: "channel",
    place: { channel: "telegram", account: "default", group: "1", sender: "2" },
  }
  const stageOf = (name: string, change: Partial<Standing> = {}) =>
    policies({ ...standing, ...change }).policy(every.find((tool) => tool.name === name)!)?.stage
  const first = policies(standing).policy
  expect(policies({ ...standing, sessionKey: "agent:main:telegram:group:2" }).policy).toBe(first)
  expect([stageOf("exec"), stageOf("read")]).toEqual(["place", undefined])
  expect(stageOf("exec", { place: undefined })).toBeUndefined()
  rules = { allow: [], deny: ["read"] }
  expect([stageOf("exec"), stageOf("read")]).toEqual([undefined, "place"])
  sandboxed = true
  expect(stageOf("gateway")).toBe("sandbox")
  expect(stageOf("sessions_spawn", { surface: "subagent" })).toBeUndefined()
  config = section.schema.parse({ profile: "full", deny: ["*"] })
  expect(stageOf("exec")).toBe("global")
  expect(policies(standing).policy).not.toBe(first)
})
