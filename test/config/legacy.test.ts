import { expect, test } from "bun:test"
import fc from "fast-check"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { configValid } from "../../src/config/checks.ts"
import { createSettings } from "../../src/config/create.ts"
import { modernise } from "../../src/config/legacy.ts"
import { type Tree, withValues } from "../../src/config/path.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import type { Settings } from "../../src/config/settings.ts"
import { upgradeConfig } from "../../src/config/upgrade.ts"
import { type Section, section } from "../../src/kernel/section.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { sections as sample, temporaryFolder } from "./sample.ts"

/** Names that old configs gave a meaning. */
const oldNames =
  "routing agent agents list id identity bindings match accountID channels discord slack telegram accounts streaming streamMode messages ackReaction groupChat requireMention defaultAgentId model modelFallbacks allowedModels modelAliases defaults tools token default".split(
    " ",
  )

/** What the doctor's check of the config is given. */
const world = (settings: Settings) => ({ settings, sections: sample, paths: resolvePaths({}) })

/** What an old config says, and the same as it is written today. */
const forms: [old: Tree, now: Tree][] = [
  [{ routing: { allowFrom: ["+1"] } }, { channels: { whatsapp: { allowFrom: ["+1"] } } }],
  [{ gateway: { token: "t" } }, { gateway: { auth: { token: "t" } } }],
  [{ gateway: { token: "old", auth: { token: "new" } } }, { gateway: { auth: { token: "new" } } }],
  [{ session: { idleMinutes: 30 } }, { session: { reset: { idleMinutes: 30, mode: "idle" } } }],
  [
    { session: { idleMinutes: 30, reset: { atHour: 5 } } },
    { session: { reset: { atHour: 5, idleMinutes: 30 } } },
  ],
  [{ routing: { allowFrom: [] } }, { channels: { whatsapp: { allowFrom: [] } } }],
  [
    { routing: { allowFrom: ["*"] }, channels: { whatsapp: { allowFrom: [] } } },
    { channels: { whatsapp: { allowFrom: [] } } },
  ],
  [
    { routing: { groupChat: { requireMention: false } }, channels: { telegram: {} } },
    { channels: { telegram: { groups: { "*": { requireMention: false } } } } },
  ],
  [
    { routing: { groupChat: { requireMention: true } } },
    {
      channels: Object.fromEntries(
        ["whatsapp", "telegram", "imessage"].map((name) => [
          name,
          { groups: { "*": { requireMention: true } } },
        ]),
      ),
    },
  ],
  [
    { routing: { groupChat: { historyLimit: 0, mentionPatterns: [] } } },
    { messages: { groupChat: { historyLimit: 0, mentionPatterns: [] } } },
  ],
  [
    { routing: { queue: { mode: "steer", cap: 3 } }, messages: { queue: { mode: "collect" } } },
    { messages: { queue: { mode: "collect", cap: 3 } } },
  ],
  [
    { routing: { bindings: [{ agentId: "a", match: { accountID: "x" } }] } },
    { bindings: [{ agentId: "a", match: { accountId: "x" } }] },
  ],
  [
    { routing: { agentToAgent: { enabled: true, allow: [] } } },
    { tools: { agentToAgent: { enabled: true, allow: [] } } },
  ],
  [
    { routing: { transcribeAudio: { command: ["whisper", "-f", "{{x}}"], timeoutSeconds: 9 } } },
    {
      tools: {
        media: {
          audio: {
            models: [{ type: "cli", command: "whisper", args: ["-f", "{{x}}"], timeoutSeconds: 9 }],
          },
        },
      },
    },
  ],
  [
    { routing: { agents: { a: { name: "A" }, b: {} }, defaultAgentId: "b" } },
    {
      agents: {
        list: [
          { id: "a", name: "A" },
          { id: "b", default: true },
        ],
      },
    },
  ],
  [
    {
      routing: { agents: { a: { name: "old", workspace: "/w" } }, defaultAgentId: "c" },
      agents: { list: [{ id: "a", name: "new" }] },
    },
    {
      agents: {
        list: [
          { id: "a", name: "new", workspace: "/w" },
          { id: "c", default: true },
        ],
      },
    },
  ],
  [
    { bindings: [{ match: { accountID: "x", accountId: "y" } }, { match: { accountID: "z" } }] },
    { bindings: [{ match: { accountId: "y" } }, { match: { accountId: "z" } }] },
  ],
  [
    {
      channels: {
        telegram: {
          botToken: "t",
          allowFrom: [],
          dmPolicy: "allowlist",
          accounts: { work: { botToken: "w" } },
        },
        discord: { token: "d", accounts: { default: {}, other: {} } },
        slack: { botToken: "s", accounts: {} },
      },
    },
    {
      channels: {
        telegram: {
          allowFrom: [],
          dmPolicy: "allowlist",
          accounts: { work: { botToken: "w" }, default: { botToken: "t" } },
        },
        discord: { token: "d", accounts: { default: {}, other: {} } },
        slack: { botToken: "s", accounts: {} },
      },
    },
  ],
  [
    { identity: { name: "Ada" } },
    { agents: { list: [{ id: "main", identity: { name: "Ada" } }] } },
  ],
  [
    { identity: { name: "Ada", emoji: "a" }, agents: { list: [] } },
    { agents: { list: [{ id: "main", identity: { name: "Ada", emoji: "a" } }] } },
  ],
  [
    {
      identity: { name: "Ada", emoji: "a" },
      agents: { list: [{ id: "x" }, { id: "y", default: true, identity: { name: "Y" } }] },
    },
    {
      agents: {
        list: [{ id: "x" }, { id: "y", default: true, identity: { name: "Y", emoji: "a" } }],
      },
    },
  ],
  [
    {
      agent: {
        workspace: "/w",
        heartbeat: { every: "5m" },
        tools: { allow: [], deny: ["exec"] },
        elevated: { enabled: false },
        bash: { timeoutSec: 5 },
        sandbox: { mode: "off", tools: { deny: [] } },
        subagents: { maxConcurrent: 2, tools: { allow: ["read"] } },
      },
    },
    {
      agents: {
        defaults: {
          workspace: "/w",
          heartbeat: { every: "5m" },
          sandbox: { mode: "off" },
          subagents: { maxConcurrent: 2 },
        },
      },
      tools: {
        allow: [],
        deny: ["exec"],
        elevated: { enabled: false },
        exec: { timeoutSec: 5 },
        sandbox: { tools: { deny: [] } },
        subagents: { tools: { allow: ["read"] } },
      },
    },
  ],
  [
    {
      agent: {
        model: "a/one",
        modelFallbacks: ["a/two"],
        allowedModels: ["a/one", "a/two"],
        modelAliases: { first: "a/one", gone: "b/three" },
        imageModel: "a/eye",
        imageModelFallbacks: [],
      },
    },
    {
      agents: {
        defaults: {
          model: { primary: "a/one", fallbacks: ["a/two"] },
          imageModel: { primary: "a/eye", fallbacks: [] },
          models: { "a/one": { alias: "first" }, "a/two": {} },
        },
      },
    },
  ],
  [
    { agent: { model: "a/one", modelAliases: { second: "a/two" } } },
    {
      agents: {
        defaults: {
          model: { primary: "a/one" },
          models: { "a/one": {}, "a/two": { alias: "second" } },
        },
      },
    },
  ],
  [{ agent: { allowedModels: [] } }, { agents: { defaults: { models: {} } } }],
  [
    { agent: { model: "old" }, agents: { defaults: { model: "new" } } },
    { agents: { defaults: { model: { primary: "new" } } } },
  ],
  [
    { browser: { ssrfPolicy: { allowPrivateNetwork: false } } },
    { browser: { ssrfPolicy: { dangerouslyAllowPrivateNetwork: false } } },
  ],
  [
    {
      channels: {
        discord: { streaming: true, accounts: { default: { streaming: false } } },
        telegram: { streamMode: "block" },
        slack: { streamMode: "status_final", streaming: false },
      },
    },
    {
      channels: {
        discord: { streaming: "partial", accounts: { default: { streaming: "off" } } },
        telegram: { streaming: "block" },
        slack: { streaming: "progress", nativeStreaming: false },
      },
    },
  ],
  [
    {
      channels: { slack: { streaming: true }, discord: { streamMode: "off", streaming: "block" } },
    },
    { channels: { slack: { nativeStreaming: true }, discord: { streaming: "block" } } },
  ],
  [
    {
      channels: {
        slack: {
          dm: { enabled: true, policy: "open", allowFrom: ["*"], replyToMode: "all" },
          accounts: { work: { dm: { policy: "pairing" }, dmPolicy: "disabled" } },
        },
      },
    },
    {
      channels: {
        slack: {
          dm: { enabled: true },
          dmPolicy: "open",
          allowFrom: ["*"],
          replyToModeByChatType: { direct: "all" },
          accounts: { work: { dmPolicy: "disabled" } },
        },
      },
    },
  ],
  [
    { messages: { ackReaction: { emoji: "👀", direct: true, group: "always" } } },
    { messages: { ackReaction: "👀", ackReactionScope: "all" } },
  ],
  [
    { messages: { ackReaction: { emoji: "👀", direct: false, group: "never" } } },
    { messages: { ackReaction: "" } },
  ],
  [
    { messages: { ackReaction: { direct: false, group: "always" }, ackReactionScope: "direct" } },
    { messages: { ackReactionScope: "direct" } },
  ],
]

for (const [old, now] of forms)
  test(`rewrites ${JSON.stringify(old).slice(0, 90)}`, () => {
    const untouched = structuredClone(old)
    expect(modernise(old).config).toEqual(now)
    expect(old).toEqual(untouched)
    expect(modernise(now)).toEqual({ config: now, steps: [], edits: [] })
  })

test("what is in the way, or is no config at all, is left alone", () => {
  for (const config of [
    { routing: { queue: {} }, messages: "text" },
    { routing: 5, agent: "x", bindings: {}, channels: [], messages: { ackReaction: 5 } },
    { bindings: [null, 5, { match: [] }], channels: { discord: null } },
    { bridge: { port: 1 }, whatever: [] },
  ])
    expect(modernise(config).config).toEqual(config as Tree)
})

const channels = section({
  id: "channels",
  summary: "Networks.",
  reload: "live",
  schema: z.object({
    whatsapp: z.object({ allowFrom: z.array(z.string()).optional() }).optional(),
  }),
})

const open = (
  folder: string,
  name = "fased.json",
  sections: readonly Section[] = [...sample, channels],
) =>
  createSettings({
    paths: { config: join(folder, name), state: folder },
    env: { TOKEN: "resolved-secret" },
    sections,
    fetchSecrets,
  })

const old = `{
  // who may write
  routing: {
    allowFrom: [], // nobody
  },
  gateway: { auth: { token: "\${TOKEN}" } }, // mine
}
`

test("a start rewrites old settings in one write, keeping the rest and a copy of the file", async () => {
  using folder = temporaryFolder({ "fased.json": old })
  const settings = await open(folder.path)
  expect(settings.current().values).toBeUndefined()
  const steps = await upgradeConfig(settings)
  expect(steps.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    "routing.allowFrom → channels.whatsapp.allowFrom",
  ])
  const read = (name: string) => readFileSync(join(folder.path, name), "utf8")
  expect(read("fased.json.bak")).toBe(old)
  expect(read("fased.json")).toContain('gateway: { auth: { token: "${TOKEN}" } }, // mine')
  expect(settings.current().source).toEqual({
    gateway: { auth: { token: "${TOKEN}" } },
    channels: { whatsapp: { allowFrom: [] } },
  })
  expect(settings.section(channels)).toEqual({ whatsapp: { allowFrom: [] } })
  expect(await upgradeConfig(settings)).toEqual([])
})

test("a start that cannot make the config a good one refuses and writes nothing", async () => {
  const files: [name: string, text: string, reason: string][] = [
    ["fased.json", "{ routing: { allowFrom: [] }, gatway: {} }", "gatway"],
    ["fased.json", "{ routing: { queue: {} } }", "There is no setting named messages.queue"],
    [
      "fased.yaml",
      "routing: { allowFrom: 5 }\n",
      "channels.whatsapp.allowFrom: must be a list, not 5",
    ],
  ]
  for (const [name, text, reason] of files) {
    using folder = temporaryFolder({ [name]: text })
    const settings = await open(folder.path, name)
    const refused = upgradeConfig(settings)
    await expect(refused).rejects.toMatchObject({ code: "config.old-forms" })
    await expect(refused).rejects.toThrow(reason)
    expect(readFileSync(join(folder.path, name), "utf8")).toBe(text)
  }
})

test("the doctor rewrites what fits, drops what is unknown, lists both, and does it once", async () => {
  using folder = temporaryFolder({
    "fased.json": `{
      routing: { allowFrom: [] },
      bridge: { port: 1 }, // long gone
      gateway: { prot: 1, port: 2 },
      models: { $include: "models.json" },
    }`,
    "models.json": "{}",
  })
  const settings = await open(folder.path)
  const found = (await configValid.detect(world(settings)))!
  expect(configValid.fix!.describe(found)).toBe(
    "In the config, rewrite routing.allowFrom as it is written today, or remove it where fased has no place for it; remove bridge, gateway.prot, which fased does not know. The file as it was stays beside it as .bak.",
  )
  await configValid.fix!.apply(found, world(settings))
  expect(await configValid.detect(world(settings))).toBeNull()
  expect(settings.current().source).toEqual({
    gateway: { port: 2 },
    models: { $include: "models.json" },
    channels: { whatsapp: { allowFrom: [] } },
  })
  const before = readFileSync(join(folder.path, "fased.json"), "utf8")
  await configValid.fix!.apply(found, world(settings))
  expect(readFileSync(join(folder.path, "fased.json"), "utf8")).toBe(before)
})

test("the doctor drops an old setting whose new place is unknown, as it drops any unknown one", async () => {
  using folder = temporaryFolder({
    "fased.json": `{
      routing: { allowFrom: ["+1"], queue: {} },
      messages: { ackReaction: { emoji: "x" } },
      gateway: { port: 2 },
    }`,
  })
  const settings = await open(folder.path, "fased.json", sample)
  const found = (await configValid.detect(world(settings)))!
  await configValid.fix!.apply(found, world(settings))
  expect(await configValid.detect(world(settings))).toBeNull()
  expect(settings.current().source).toEqual({ gateway: { port: 2 } })
})

test("the doctor keeps an old setting whose value fits nowhere, whatever moves from beside it", async () => {
  using folder = temporaryFolder({
    "fased.json": "{ routing: { allowFrom: 5, agentToAgent: { enabled: true } } }",
  })
  const tools = section({
    id: "tools",
    summary: "Tools.",
    reload: "live",
    schema: z.object({ agentToAgent: z.object({ enabled: z.boolean() }).optional() }),
  })
  const settings = await open(folder.path, "fased.json", [...sample, channels, tools])
  const found = (await configValid.detect(world(settings)))!
  await configValid.fix!.apply(found, world(settings))
  expect((await settings.read()).source).toEqual({
    routing: { allowFrom: 5 },
    tools: { agentToAgent: { enabled: true } },
  })
  await expect(configValid.fix!.apply(found, world(settings))).rejects.toThrow(
    "channels.whatsapp.allowFrom: must be a list, not 5",
  )
})

test("old settings and unknown ones of an included file are told with it and left to the person", async () => {
  using folder = temporaryFolder({
    "fased.json": "{ $include: 'old.json' }",
    "old.json": "{ routing: { allowFrom: [] }, gateway: { prot: 1 } }",
  })
  const settings = await open(folder.path)
  const found = (await configValid.detect(world(settings)))!
  expect(configValid.explain(found)).toContain(
    `routing.allowFrom: in ${join(folder.path, "old.json")}: is how older versions wrote`,
  )
  expect(configValid.fix!.describe(found)).toBeUndefined()
  expect(configValid.next!(found)).toContain("in a text editor")
})

const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, 1, "text", true),
    tie("list"),
    tie("tree"),
  ),
  list: fc.array(tie("value"), { maxLength: 3 }),
  tree: fc.dictionary(fc.constantFrom(...oldNames), tie("value"), {
    maxKeys: 6,
    noNullPrototype: true,
  }),
})).tree as fc.Arbitrary<Tree>

test("whatever a config holds, rewriting it ends, and rewriting it again changes nothing", () => {
  fc.assert(
    fc.property(anyValue, (config) => {
      const { config: now, edits } = modernise(config)
      expect(withValues(config, edits)).toEqual(now)
      expect(modernise(now).config).toEqual(now)
    }),
    { numRuns: 2000 },
  )
})
