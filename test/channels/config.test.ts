import { expect, test } from "bun:test"
import { z } from "zod"
import { accountOf } from "../../src/channels/account-of.ts"
import { blockOf, type ChannelsConfig, channelsSection } from "../../src/channels/config.ts"
import { knownChannels } from "../../src/channels/known.ts"
import { defaultAccount, resolveAccounts } from "../../src/channels/resolve.ts"
import { groupSettings, rulesOf } from "../../src/channels/rooms.ts"
import { reloadOf } from "../../src/config/reload.ts"
import { redactConfig, redacted } from "../../src/config/redact.ts"
import { type AnyChannel, channel } from "../../src/kernel/network.ts"

const net = (id = "net", more: Partial<AnyChannel> = {}): AnyChannel =>
  ({
    ...channel({
      id,
      label: "Net",
      setup: "Get a token.",
      settings: () =>
        z.object({
          token: z.string().min(1).optional().meta({ description: "Token.", secret: true }),
          tokenFile: z.string().optional().describe("File with it."),
          groups: groupSettings(),
          network: z
            .strictObject({
              timeoutMs: z.int().default(500).describe("Patience."),
              proxy: z.string().optional().describe("Way out."),
            })
            .prefault({})
            .describe("Connection."),
        }),
      variables: { NET_TOKEN: "token" },
      credentials: [],
      limits: { text: 100 },
      can: {},
      normalize: (entry) => entry,
      target: (text) => ({ id: text, kind: "direct" }),
      room: ({ groups }, conversation) => rulesOf(groups, conversation),
      connect: () => Promise.reject(new Error("not here")),
    }),
    ...more,
  }) as AnyChannel

const section = (channels = [net()]) => channelsSection(knownChannels(channels))
const parse = (config: object, channels?: AnyChannel[]) =>
  section(channels).schema.parse(config) as ChannelsConfig
const problems = (config: object) =>
  (section().schema.safeParse(config).error?.issues ?? []).map(({ path, message }) => ({
    path: path.join("."),
    message,
  }))
const resolved = (block: object | undefined, env = {}) =>
  resolveAccounts(net(), block && blockOf(parse({ net: block }), "net"), env)
const settingsOf = (block: object, account = "default") =>
  resolved(block).find((one) => one.account === account)?.settings

test("nothing is built of any network before the section is looked at", () => {
  const settings = () => {
    throw new Error("too early")
  }
  const lazy = section([net("net", { settings })])
  expect(lazy.id).toBe("channels")
  expect(() => lazy.schema).toThrow("too early")
})

test("an account inherits what its channel says, and no default of its own stands in the way", () => {
  const block = {
    dmPolicy: "allowlist",
    allowFrom: [42],
    network: { proxy: "socks5://x" },
    accounts: { work: { network: { timeoutMs: 9 } }, own: { allowFrom: ["7"] } },
  }
  expect(settingsOf(block, "work")).toMatchObject({
    dmPolicy: "allowlist",
    allowFrom: ["42"],
    network: { proxy: "socks5://x", timeoutMs: 9 },
    chunkMode: "length",
  })
  expect(settingsOf(block, "own")).toMatchObject({ allowFrom: ["7"], network: { timeoutMs: 500 } })
})

test("an empty list is an empty list and inherits nothing (N095)", () => {
  const block = {
    allowFrom: ["1"],
    groupAllowFrom: ["1"],
    accounts: { a: { allowFrom: [], groupAllowFrom: [] } },
  }
  expect(settingsOf(block, "a")).toMatchObject({ allowFrom: [], groupAllowFrom: [] })
  expect(settingsOf({ groups: {} })).toMatchObject({ groups: {} })
  expect(rulesOf({}, { id: "x", kind: "group" }).listed).toBe("no")
  expect(rulesOf(undefined, { id: "x", kind: "group" }).listed).toBe("open")
  expect(rulesOf({ x: { allowFrom: [] } }, { id: "x", kind: "group" }).senders).toEqual([])
})

test("the rooms of an account take the place of its channel's, as a whole", () => {
  const block = { groups: { a: {}, b: {} }, accounts: { work: { groups: { c: {} } } } }
  expect(settingsOf(block, "work")?.groups).toEqual({ c: {} })
})

test("a channel that is off is off in every account", () => {
  expect(settingsOf({ enabled: false, accounts: { a: { enabled: true } } }, "a")?.enabled).toBe(
    false,
  )
})

test("the default account is the one named, the one called so, or the first", () => {
  const of = (block: object) => defaultAccount(blockOf(parse({ net: block }), "net"))
  expect(of({})).toBe("default")
  expect(of({ accounts: { b: {}, a: {} } })).toBe("a")
  expect(of({ accounts: { b: {}, default: {} } })).toBe("default")
  expect(of({ defaultAccount: "b", accounts: { b: {}, a: {} } })).toBe("b")
})

test("a variable stands in for the default account alone, behind the config and a file", () => {
  const env = { NET_TOKEN: " t " }
  const tokens = (block: object | undefined) =>
    resolved(block, env).map(({ account, settings }) => [account, settings.token])
  expect(tokens({ accounts: { a: {}, b: {} } })).toEqual([
    ["a", "t"],
    ["b", undefined],
  ])
  expect(tokens({ token: "own" })).toEqual([["default", "own"]])
  expect(tokens({ tokenFile: "/x" })).toEqual([["default", undefined]])
  expect(resolved(undefined, { NET_TOKEN: "  " })).toEqual([])
})

test("a channel that is there by its variable alone keeps groups closed", () => {
  expect(resolved(undefined, { NET_TOKEN: "t" })).toMatchObject([
    { fromEnvironment: true, settings: { groupPolicy: "allowlist", dmPolicy: "pairing" } },
  ])
})

test("what lets everybody or nobody in has to say so, where it is set", () => {
  expect(problems({ net: { dmPolicy: "allowlist" } })).toMatchObject([{ path: "net.allowFrom" }])
  expect(problems({ net: { dmPolicy: "open" } })).toMatchObject([{ path: "net.allowFrom" }])
  expect(problems({ net: { dmPolicy: "open", allowFrom: ["*"] } })).toEqual([])
  expect(
    problems({ net: { allowFrom: ["*"], accounts: { a: { dmPolicy: "open", allowFrom: [] } } } }),
  ).toMatchObject([{ path: "net.accounts.a.allowFrom" }])
})

test("a misspelt setting of a known channel is told; a channel of a plugin may have any", () => {
  expect(section().schema.safeParse({ net: { tokne: "x" } }).success).toBe(false)
  expect(section().schema.safeParse({ other: { anything: 1, enabled: true } }).success).toBe(true)
  expect(section().schema.safeParse({ other: { dmPolicy: "all" } }).success).toBe(false)
})

test("a plugin's settings are judged from the moment it joins, and as before once it is gone", () => {
  const known = knownChannels([])
  const channels = channelsSection(known)
  const config = { net: { network: { timeoutMs: "soon" } } }
  expect(channels.schema.safeParse(config).success).toBe(true)
  const leave = known.join(net())
  expect(channels.schema.safeParse(config).success).toBe(false)
  leave()
  expect(channels.schema.safeParse(config).success).toBe(true)
})

test("secrets are masked in every account, of known channels and of others", () => {
  const config = {
    channels: {
      net: { token: "secret-1", accounts: { a: { token: "secret-2" } } },
      other: { botToken: "secret-3", accounts: { a: { password: "secret-4" } } },
    },
  }
  const text = JSON.stringify(redactConfig(config, [section()]))
  expect(text).not.toContain("secret-")
  expect(text.split(redacted)).toHaveLength(5)
})

test("a change restarts a part, and nothing else", () => {
  expect(reloadOf(["channels", "net", "accounts", "a", "token"], [section()])).toBe("part")
})

test("of the tools of a room what is nearer counts, by sender first", () => {
  const tools = (name: string) => ({ allow: [name], deny: [] })
  const of = (room: object, any: object) =>
    rulesOf({ room, "*": any } as Parameters<typeof rulesOf>[0], { id: "room", kind: "group" })
  const any = {
    toolsBySender: { "id:1": tools("any-1"), "id:2": tools("any-2") },
    tools: tools("any"),
  }
  expect(of({ tools: tools("room") }, any)).toMatchObject({
    tools: tools("room"),
    toolsBySender: undefined,
  })
  expect(of({ toolsBySender: { "id:1": tools("room-1") } }, any)).toMatchObject({
    tools: tools("any"),
    toolsBySender: { "id:1": tools("room-1"), "id:2": tools("any-2") },
  })
  expect(of({ toolsBySender: { "*": tools("all") } }, any)).toMatchObject({
    tools: undefined,
    toolsBySender: { "*": tools("all") },
  })
})

test("a room inherits from all others, and a topic from its room", () => {
  const groups = {
    "*": { requireMention: false, systemPrompt: "any" },
    room: { systemPrompt: "room", topics: { "7": { enabled: false, agentId: "seven" } } },
  }
  const rules = (id: string, topic?: string) =>
    rulesOf(groups, {
      id,
      kind: "group",
      ...(topic && { thread: { id: topic, kind: "topic" as const } }),
    })
  expect(rules("room")).toMatchObject({
    requireMention: false,
    systemPrompt: "room",
    enabled: true,
  })
  expect(rules("elsewhere")).toMatchObject({ listed: "yes", systemPrompt: "any" })
  expect(rules("room", "7")).toMatchObject({ enabled: false, agentId: "seven" })
  expect(rules("room", "__proto__").agentId).toBeUndefined()
})

test("an account is resolved once for each reading of the config", () => {
  const channels = [net()]
  const known = knownChannels(channels)
  const reading = () =>
    channelsSection(known).schema.parse({ net: { token: "t" } }) as ChannelsConfig
  const config = reading()
  const first = accountOf(channels[0]!, "default", config, {})
  expect(first?.settings.token).toBe("t")
  expect(accountOf(channels[0]!, "default", config, {})).toBe(first!)
  expect(accountOf(channels[0]!, "default", reading(), {})).not.toBe(first!)
  expect(accountOf(channels[0]!, "nobody", config, {})).toBeUndefined()
})
