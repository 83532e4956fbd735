import { expect, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { createSettings } from "../../src/config/create.ts"
import { shownSettings } from "../../src/config/load.ts"
import { mergeEdits } from "../../src/config/merge-patch.ts"
import type { Env } from "../../src/config/paths.ts"
import type { Tree } from "../../src/config/path.ts"
import { maskedText } from "../../src/config/raw.ts"
import { redactConfig, redacted } from "../../src/config/redact.ts"
import { section } from "../../src/kernel/section.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { sections as sample, temporaryFolder } from "./sample.ts"

const secret = z.string().optional().meta({ description: "Secret.", secret: true })
const hooks = section({
  id: "hooks",
  summary: "Lists with secrets in them.",
  reload: "live",
  schema: z.object({
    byId: z
      .array(z.object({ id: z.string(), token: secret }))
      .default([])
      .describe("By id."),
    byName: z
      .array(z.object({ name: z.string(), token: secret }))
      .default([])
      .describe("By name."),
    plain: z
      .array(z.object({ url: z.string(), token: secret }))
      .default([])
      .describe("Neither."),
    tokens: z.array(z.string()).default([]).meta({ description: "Secrets.", secret: true }),
  }),
})
const sections = [...sample, hooks]

const open = async (
  text: string,
  {
    name = "fased.json",
    env = {},
    files = {},
  }: { name?: string; env?: Env; files?: Record<string, string> } = {},
) => {
  const folder = temporaryFolder({ [name]: text, ...files })
  const config = join(folder.path, name)
  const paths = { config, state: folder.path }
  return {
    settings: await createSettings({ paths, env, sections, fetchSecrets }),
    text: () => readFileSync(config, "utf8"),
    write: (text: string) => writeFileSync(config, text),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

const stored = `// mine
{
  gateway: {
    port: 5, // the usual one
    auth: { token: "\${TOKEN}", password: 'the-password', pin: 1234 },
  },
  models: { providers: { a: {
    baseUrl: "https://me:login@a.example/v1",
    apiKey: { source: "env", provider: "default", id: "A_KEY" },
    headers: { Authorization: "Bearer abc", "X-Region": "\${REGION}" },
  } } },
  agents: { extra: { botToken: "bot" } },
}
`
const env = { TOKEN: "resolved-token", REGION: "resolved-region" }

test("a config sent back as it was shown leaves what is stored as it is", async () => {
  using at = await open(stored, { env })
  const parsed = redactConfig(at.settings.current().source!, sections)
  expect(JSON.stringify(parsed)).not.toMatch(/the-password|login|Bearer|bot"/)
  for (const afar of [false, true]) {
    await at.settings.change((now) => mergeEdits(parsed, now), { afar })
    expect(at.text()).toBe(stored)
    await at.settings.replace(JSON.stringify(parsed), { afar })
    expect(Bun.JSON5.parse(at.text())).toEqual(Bun.JSON5.parse(stored))
    at.write(stored)
  }
})

test("a config with included files comes back as it was shown, secrets and all", async () => {
  const text = `{
  $include: ["./base.json"],
  gateway: { $include: "./gateway.json", port: 5 }, // the door
  models: { providers: { a: { $include: "./provider.json", apiKey: "own-key" } } },
}
`
  using at = await open(text, {
    files: {
      "base.json": '{ agents: { extra: { botToken: "bot" } } }',
      "gateway.json": '{ auth: { token: "included-token" } }',
      "provider.json": '{ baseUrl: "https://me:login@a.example/v1", apiKey: "included-key" }',
    },
  })
  const state = at.settings.current()
  expect(state.issues).toEqual([])
  const raw = (await maskedText(state, sections))!
  expect(raw).toBe(text.replace("own-key", redacted))
  const { composed } = await at.settings.replace(raw, { afar: true })
  expect(at.text()).toBe(text)
  const shown = redactConfig(composed!, sections) // with what the files say
  await at.settings.change((now) => mergeEdits(shown, now), { afar: true })
  expect(at.text()).toBe(text)
  await at.settings.change(
    (now) => mergeEdits({ models: { providers: { a: { apiKey: "new-key" } } } }, now),
    { afar: true },
  )
  expect(at.text()).toBe(text.replace("own-key", "new-key"))
})

test("the settings in use, sent back, do not bring resolved variables into the file", async () => {
  using at = await open(stored, { env })
  const used = shownSettings(at.settings.current(), sections)
  const shown = redactConfig(used, sections)
  await at.settings.change((now) => mergeEdits(shown, now), { afar: true })
  expect(at.text()).not.toContain("resolved")
  expect(at.text()).toContain('"${TOKEN}"')
  expect(at.text()).toContain('"${REGION}"')
  expect(at.text()).toContain("// the usual one")
})

test("the placeholder in a path setter means what is stored at that path", async () => {
  using at = await open(stored, { env })
  await at.settings.set("gateway.auth", { mode: "password", password: redacted, pin: redacted })
  expect(at.settings.current().source!.gateway).toMatchObject({
    auth: { mode: "password", password: "the-password", pin: 1234 },
  })
})

test("a placeholder where nothing is hidden is refused, and says where", async () => {
  using at = await open(stored, { env })
  const attempts: [path: string, value: unknown, where: string][] = [
    ["gateway.bind", redacted, "gateway.bind"],
    [
      "models.providers.b",
      { baseUrl: "https://b.example", apiKey: redacted },
      "models.providers.b.apiKey",
    ],
    [
      "models.providers.a.baseUrl",
      `https://${redacted}@b.example/v1`,
      "models.providers.a.baseUrl",
    ],
    ["gateway.auth.password", `${redacted}!`, "gateway.auth.password"],
    ["agents.extra.other", redacted, "agents.extra.other"],
  ]
  for (const [path, value, where] of attempts)
    await expect(at.settings.set(path, value)).rejects.toMatchObject({
      code: "config.placeholder",
      message: expect.stringContaining(`${where} holds the placeholder`),
    })
  await expect(
    at.settings.replace(`{ gateway: { auth: { pasword: "${redacted}" } } }`),
  ).rejects.toMatchObject({
    code: "config.placeholder",
  })
  expect(at.text()).toBe(stored)
})

const lists = `{ hooks: {
  byId: [{ id: "a", token: "token-a" }, { id: "b", token: "token-b" }, { id: "c" }],
  byName: [{ name: "x", token: "token-x" }],
  plain: [{ url: "1", token: "token-1" }, { url: "2", token: "token-2" }, { url: "3", token: "token-3" }],
  tokens: ["first", "second"],
} }`
const kept: [what: string, list: string, sent: unknown[], result: unknown[]][] = [
  [
    "in another order, by id",
    "byId",
    [{ id: "b", token: redacted }, { id: "n" }, { id: "a", token: redacted }],
    [{ id: "b", token: "token-b" }, { id: "n" }, { id: "a", token: "token-a" }],
  ],
  [
    "by name",
    "byName",
    [
      { name: "y", token: "new" },
      { name: "x", token: redacted },
    ],
    [
      { name: "y", token: "new" },
      { name: "x", token: "token-x" },
    ],
  ],
  [
    "of entries that look as they did",
    "plain",
    [
      { url: "3", token: redacted },
      { url: "1", token: redacted },
    ],
    [
      { url: "3", token: "token-3" },
      { url: "1", token: "token-1" },
    ],
  ],
  [
    "of an entry changed between its neighbours",
    "plain",
    [
      { url: "1", token: redacted },
      { url: "two", token: redacted },
      { url: "3", token: redacted },
    ],
    [
      { url: "1", token: "token-1" },
      { url: "two", token: "token-2" },
      { url: "3", token: "token-3" },
    ],
  ],
  [
    "of a list of secrets, with one added",
    "tokens",
    ["new", redacted, redacted],
    ["new", "first", "second"],
  ],
]
for (const [what, list, sent, result] of kept)
  test(`in lists the secrets are kept ${what}`, async () => {
    using at = await open(lists)
    await at.settings.set(`hooks.${list}`, sent)
    expect((at.settings.current().source!.hooks as Tree)[list]).toEqual(result)
    at.write(lists)
    await at.settings.replace(JSON.stringify({ hooks: { [list]: sent } }))
    expect(at.settings.current().source).toEqual({ hooks: { [list]: result } })
  })

const unclear: [what: string, list: string, sent: unknown[]][] = [
  ["an id that is new", "byId", [{ id: "n", token: redacted }]],
  [
    "an id that is there twice",
    "byId",
    [
      { id: "a", token: redacted },
      { id: "a", token: redacted },
    ],
  ],
  ["an id without a secret", "byId", [{ id: "c", token: redacted }]],
  ["one secret of two", "tokens", [redacted]],
  ["one secret of two beside a new one", "tokens", [redacted, "new"]],
  ["three secrets of two", "tokens", [redacted, redacted, redacted]],
  [
    "two changed entries side by side",
    "plain",
    [
      { url: "one", token: redacted },
      { url: "two", token: redacted },
      { url: "3", token: redacted },
    ],
  ],
]
for (const [what, list, sent] of unclear)
  test(`in lists a placeholder is refused for ${what}`, async () => {
    using at = await open(lists)
    await expect(at.settings.set(`hooks.${list}`, sent)).rejects.toMatchObject({
      code: "config.placeholder",
    })
    expect(at.text()).toBe(lists)
  })

test("an entry taken out in the same change does not shift whose secret is kept", async () => {
  using at = await open(lists)
  await at.settings.change([
    { path: ["hooks", "plain", 0] },
    { path: ["hooks", "plain", 0], value: { url: "2", token: redacted } },
  ])
  expect((at.settings.current().source!.hooks as Tree).plain).toMatchObject([
    { url: "2", token: "token-2" },
    { url: "3", token: "token-3" },
  ])
})

test("from afar no variable is taken but those the place uses already", async () => {
  using at = await open(stored, { env: { ...env, FASED_GATEWAY_TOKEN: "canary" } })
  const change = (path: string[], value: unknown) =>
    at.settings.change([{ path, value }], { afar: true })
  const headers = ["models", "providers", "a", "headers"]
  const refused: [string[], unknown][] = [
    [[...headers, "X-Evil"], "${FASED_GATEWAY_TOKEN}"],
    [[...headers, "X-Evil"], "a${REGION}"],
    [[...headers, "X-Region"], "${REGION}${TOKEN}"],
    [headers, { "X-Region": "${TOKEN}" }],
    [["models", "providers"], { n: { baseUrl: "https://${TOKEN}.evil.example" } }],
    [["agents", "extra", "list"], ["${TOKEN}"]],
    [["gateway", "auth", "password"], "${TOKEN}"],
  ]
  for (const [path, value] of refused)
    await expect(change(path, value)).rejects.toMatchObject({
      code: "config.variable-refused",
      hint: expect.stringContaining('"source": "env"'),
    })
  await expect(
    at.settings.replace('{ agents: { extra: { a: "${TOKEN}" } } }', { afar: true }),
  ).rejects.toMatchObject({ code: "config.variable-refused" })
  expect(at.text()).toBe(stored)
  await change([...headers, "X-Region"], "eu-${REGION}")
  await change([...headers, "X-Text"], "$${REGION} as it stands")
  await change(["gateway", "auth", "password"], { source: "env", id: "TOKEN" })
  await at.settings.set("gateway.auth.token", "a-${TOKEN}") // the command line is the operator's
})

test("from afar no other file is included than the config includes", async () => {
  using at = await open(stored, { env })
  for (const value of [{ $include: "./secrets.json" }, { deep: [{ $include: ["./x.json"] }] }])
    await expect(
      at.settings.change([{ path: ["agents", "extra"], value }], { afar: true }),
    ).rejects.toMatchObject({ code: "config.include-refused" })
  await expect(
    at.settings.change((now) => mergeEdits({ agents: { $include: "./x.json" } }, now), {
      afar: true,
    }),
  ).rejects.toMatchObject({ code: "config.include-refused" })
  expect(at.text()).toBe(stored)
})

test("yaml keeps its secrets and comments the same way", async () => {
  const text = "# mine\ngateway:\n  auth:\n    password: the-password # keep\n    mode: token\n"
  using at = await open(text, { name: "fased.yaml" })
  await at.settings.replace(text.replace("the-password", redacted).replace("token", "password"))
  expect(at.text()).toBe(text.replace("token", "password"))
})
