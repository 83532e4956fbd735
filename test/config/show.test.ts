import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { configPrivate, configValid } from "../../src/config/checks.ts"
import { createSettings } from "../../src/config/create.ts"
import * as methods from "../../src/config/methods.ts"
import { redacted } from "../../src/config/redact.ts"
import { fileSchema } from "../../src/config/schema.ts"
import { type Paths, resolvePaths } from "../../src/config/paths.ts"
import type { Prepared, Scope } from "../../src/kernel/method.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { sections, temporaryFolder } from "./sample.ts"

const canary = "canary-0123456789-canary"
const context = {
  caller: {
    connection: "c",
    role: "operator",
    scopes: new Set<Scope>(),
    clientId: "cli",
    clientMode: "cli",
  },
  signal: new AbortController().signal,
  accept: () => {},
} as const

const configGet = async (text: string, env = {}) => {
  using folder = temporaryFolder({ "fased.json": text })
  const config = join(folder.path, "fased.json")
  const settings = await createSettings({
    paths: { config, state: folder.path },
    env,
    sections,
    fetchSecrets,
  })
  const answer = await methods.get.handle({}, { settings, sections, ...context })
  const { json } = answer as { json: string }
  return methods.get.result.parse(JSON.parse(json))
}

test("config.get shows the file, the settings in use and the hash, without secrets", async () => {
  const shown = await configGet(
    `{
    gateway: { port: 5, auth: { token: "${canary}", password: "\${PASSWORD}", pin: 123456 } },
    models: { providers: { a: { baseUrl: "https://u:${canary}@a.example/v1", apiKey: "${canary}",
      headers: { Authorization: "${canary}", "X-Api-Key": "${canary}", "X-Org": "plain" } } } },
    agents: { extra: { nested: [{ botToken: "${canary}", maxTokens: 5, apiKeys: ["${canary}"] }] } },
  }`,
    { PASSWORD: canary },
  )
  expect(JSON.stringify(shown)).not.toContain(canary)
  expect(shown).toMatchObject({
    exists: true,
    valid: true,
    issues: [],
    parsed: {
      gateway: { port: 5, auth: { token: redacted, password: "${PASSWORD}", pin: redacted } },
      agents: { extra: { nested: [{ botToken: redacted, maxTokens: 5, apiKeys: [redacted] }] } },
    },
    config: {
      gateway: { bind: "loopback", auth: { mode: "token", token: redacted, password: redacted } },
      models: { providers: { a: { headers: { Authorization: redacted, "X-Org": "plain" } } } },
    },
  })
  expect(shown.hash).toMatch(/^[0-9a-f]{64}$/)
})

test("a secret under a misspelt name stays hidden", async () => {
  const shown = await configGet(`{
    gatway: { auth: { tok: "${canary}" } },
    gateway: { tokne: ["${canary}"], port: "${canary}${canary}", auth: "x" },
  }`)
  expect(shown.valid).toBe(false)
  expect(shown.issues.map(({ path }) => path)).toContain("gatway")
  expect(
    JSON.stringify({
      ...shown,
      parsed: { ...shown.parsed, gateway: { ...(shown.parsed.gateway as object), port: 0 } },
    }),
  ).not.toContain(canary)
})

test("config.get answers for a missing and for a broken file", async () => {
  expect(await configGet("{ gateway: ")).toMatchObject({
    valid: false,
    parsed: {},
    config: {},
    issues: [{ line: 1 }],
  })
  using folder = temporaryFolder()
  const config = join(folder.path, "fased.json")
  const settings = await createSettings({
    paths: { config, state: folder.path },
    env: {},
    sections,
    fetchSecrets,
  })
  const { json } = (await methods.get.handle({}, { settings, sections, ...context })) as {
    json: string
  }
  expect(JSON.parse(json)).toMatchObject({
    exists: false,
    valid: true,
    parsed: {},
    config: { gateway: { port: 18789 } },
  })
})

test("config.schema closes every group and says which settings are secret", async () => {
  const answer = await methods.schema.handle({}, { sections, clock: systemClock, ...context })
  const { schema, uiHints, version, generatedAt } = methods.schema.result.parse(
    JSON.parse((answer as Prepared).json),
  )
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: { gateway: { additionalProperties: false, description: "The one port." } },
  })
  expect(uiHints["gateway.auth.token"]).toEqual({ help: "Sign-in token.", sensitive: true })
  expect(uiHints["models.providers.*.apiKey"]?.sensitive).toBe(true)
  expect(version).toMatch(/^[0-9a-f]{12}$/)
  expect(Number.isNaN(Date.parse(generatedAt))).toBe(false)
})

const lookUp = async (path: string) =>
  methods.lookup.result.parse(
    await methods.lookup.handle(methods.lookup.params.parse({ path }), { sections, ...context }),
  )

test("config.schema.lookup shows one place and what lies below", async () => {
  expect((await lookUp(".")).children.map(({ key }) => key)).toEqual([
    "$schema",
    "gateway",
    "models",
    "agents",
  ])
  const auth = await lookUp("gateway.auth")
  expect(auth.schema).toEqual({ type: "object", default: {}, additionalProperties: false })
  expect(auth.children).toContainEqual({
    key: "token",
    path: "gateway.auth.token",
    type: ["string", "object"],
    required: false,
    hasChildren: true,
    hint: { help: "Sign-in token.", sensitive: true },
    hintPath: "gateway.auth.token",
  })
  for (const path of [
    "models.providers.anything.baseUrl",
    "models.providers.*.baseUrl",
    "models.providers[].baseUrl",
  ])
    expect((await lookUp(path)).schema).toMatchObject({ type: "string", format: "uri" })
  expect((await lookUp("agents.list[].id")).schema).toMatchObject({ type: "string" })
  expect((await lookUp("agents.list[0]")).children.find(({ key }) => key === "id")?.required).toBe(
    true,
  )
  expect((await lookUp("agents.model")).schema).toMatchObject({
    anyOf: [{ type: "string" }, { type: "object" }],
  })
  expect(lookUp("gateway.nothing")).rejects.toMatchObject({ code: "config.unknown-path" })
  expect(lookUp("a\u0000b")).rejects.toThrow()
})

test("the schema of the whole file is one standard document", () => {
  expect(fileSchema(sections)).toBe(fileSchema(sections))
  expect(JSON.parse(JSON.stringify(fileSchema(sections)))).toMatchObject({
    type: "object",
    title: "fased config",
  })
})

test("config.valid names each mistake and the command for a stray key", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { prot: 1 } }" })
  const config = join(folder.path, "fased.json")
  const settings = await createSettings({
    paths: { config, state: folder.path },
    env: {},
    sections,
    fetchSecrets,
  })
  const world = { settings, sections, paths: resolvePaths({}) }
  const found = (await configValid.detect(world))!
  expect(configValid.explain(found)).toContain("gateway.prot: is not a setting fased knows")
  expect(configValid.next!(found)).toContain("fased config unset gateway.prot")
  writeFileSync(config, "{}")
  expect(await configValid.detect(world)).toBeNull()
})

test("config.private finds what others can read, included files too, and closes it", async () => {
  using folder = temporaryFolder({
    "fased.json": '{ agents: { $include: "agents.json" } }',
    "agents.json": "{}",
    ".env": "A=1",
  })
  const paths = {
    state: folder.path,
    config: join(folder.path, "fased.json"),
    database: join(folder.path, "fased.db"),
  } as Paths
  const settings = await createSettings({ paths, env: {}, sections, fetchSecrets })
  const found = (await configPrivate.detect({ paths, settings }))!
  expect(found.map(({ path }) => path)).toEqual(
    ["fased.json", "agents.json", ".env"].map((name) => join(folder.path, name)),
  )
  expect(configPrivate.fix!.describe(found)).toContain(`chmod 600 ${paths.config}`)
  await configPrivate.fix!.apply(found, { paths, settings })
  expect(await configPrivate.detect({ paths, settings })).toBeNull()
})

test("a file that may not be read is not said to need another text", () => {
  const issue = { path: "", kind: "denied", message: "permission denied" } as const
  const found = { path: "/home/ada/.fased/fased.json", issues: [issue] }
  expect(configValid.next!(found)).toContain("nothing in it has to change")
  expect(configValid.fix!.describe(found)).toBeUndefined()
})
