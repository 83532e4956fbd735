import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import * as changes from "../../src/config/change-methods.ts"
import { get } from "../../src/config/methods.ts"
import { maskedText } from "../../src/config/raw.ts"
import { redacted } from "../../src/config/redact.ts"
import { holds, type Scope } from "../../src/kernel/method.ts"
import { methods, tools } from "../../src/registry.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { sections } from "./sample.ts"

/** What the client makes of a refusal over the wire. */
const refusal = (id: string, code = "INVALID_REQUEST") => ({
  data: { error: { code, details: { code: id } } },
})

const startWith = async (config: Record<string, unknown> = {}) => {
  const clock = turnableClock()
  const begun: string[] = []
  const runner = { check: () => {}, begin: (reason: string) => void begun.push(reason) }
  const gateway = await startGateway({ config, start: { clock, runner } })
  return {
    clock,
    begun,
    gateway,
    text: () => readFileSync(gateway.paths.config, "utf8"),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
}

test("config.get, changed and sent back by config.set, keeps every secret, and counts at once", async () => {
  await using at = await startWith()
  const { client } = at.gateway
  const { raw, hash } = await client.call(get, {})
  expect(raw).toContain(redacted)
  expect(raw).not.toContain(testToken)
  const changed = raw!.replace('"skipBootstrap":true', '"skipBootstrap":true,"model":"fased/guide"')
  const answer = await client.call(changes.set, { raw: changed, baseHash: hash })
  expect(answer).toMatchObject({
    ok: true,
    path: at.gateway.paths.config,
    applied: ["agents.defaults.model"],
    waits: [],
    issues: [],
    config: { gateway: { auth: { token: redacted } } },
  })
  expect(at.text()).toContain(testToken)
  expect(at.text()).toContain("fased/guide")
  expect((await client.call(get, {})).hash).toBe(answer.hash)
})

test("a change needs the hash of the config it was made from", async () => {
  await using at = await startWith()
  const { client } = at.gateway
  const before = at.text()
  const calls = [
    (baseHash?: string) => client.call(changes.set, { raw: "{}", baseHash }),
    (baseHash?: string) => client.call(changes.patch, { raw: "{}", baseHash }),
  ]
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject(refusal("config.base-hash-needed"))
    await expect(call("old")).rejects.toMatchObject(refusal("config.stale-hash"))
    await expect(call("old")).rejects.toThrow("call config.get again")
  }
  expect(at.text()).toBe(before)
})

test("config.patch merges, and restarts the gateway in one step with whom to tell", async () => {
  await using at = await startWith({ logging: { level: "debug" } })
  const { client } = at.gateway
  const { hash } = await client.call(get, {})
  const answer = await client.call(changes.patch, {
    raw: `{ logging: { level: null }, gateway: { auth: { token: "${redacted}" } } }`,
    baseHash: hash,
    sessionKey: "agent:main:main",
    note: "patched",
    restartDelayMs: 500,
  })
  expect(answer).toMatchObject({
    ok: true,
    restart: { ok: true, reason: "config.patch", delayMs: 500, coalesced: false },
    sentinel: { sessionKey: "agent:main:main", note: "patched" },
  })
  expect(JSON.parse(at.text())).toMatchObject({
    logging: {},
    gateway: { auth: { token: testToken } },
  })
  expect(at.begun).toEqual([])
})

test("three changes that restart within a minute are the most, of whatever kind", async () => {
  await using at = await startWith()
  const { client } = at.gateway
  for (const method of [changes.patch, changes.apply, changes.patch])
    await client.call(method, { raw: "{", baseHash: "x" }).catch(() => undefined)
  for (const method of [changes.patch, changes.apply])
    await expect(client.call(method, { raw: "{}" })).rejects.toMatchObject(
      refusal("gateway.too-often", "UNAVAILABLE"),
    )
  const { hash, raw } = await client.call(get, {})
  expect((await client.call(changes.set, { raw: raw!, baseHash: hash })).ok).toBe(true)
  at.clock.turn(60_001)
  await expect(client.call(changes.patch, { raw: "{}" })).rejects.toMatchObject(
    refusal("config.base-hash-needed"),
  )
})

test("what is no config is refused, and nothing is written", async () => {
  await using at = await startWith()
  const { client } = at.gateway
  const before = at.text()
  const { hash: baseHash } = await client.call(get, {})
  for (const raw of ["{", "[]", "{ gateway: { prot: 1 } }", '{ "__proto__": {} }', "null"])
    await expect(client.call(changes.set, { raw, baseHash })).rejects.toMatchObject(
      refusal("config.bad-value"),
    )
  const patches = [
    ["{", "config.bad-patch"],
    ["[]", "config.bad-patch"],
    ['{ "gateway": { "__proto__": { "port": 1 } } }', "config.bad-path"],
  ] as const
  for (const [raw, code] of patches)
    await expect(client.call(changes.patch, { raw, baseHash })).rejects.toMatchObject(refusal(code))
  expect(at.text()).toBe(before)
})

/** Ways to reach a guarded setting around its name. */
const shapes = [
  '{ gateway: { auth: { mode: "none" } } }',
  "{ gateway: null }",
  "{ gateway: { auth: null } }",
  '{ agents: { list: [{ id: "main", tools: { profile: "full" } }] } }',
  '{ tools: { $include: "./evil.json" } }',
  '{ "$include": "./evil.json" }',
  "{ tools: { allow: { 0: '*' } } }",
]
test("below scope admin no shape of a change gets in", async () => {
  await using at = await startWith()
  const before = at.text()
  const { hash: baseHash } = await at.gateway.client.call(get, {})
  const client = await at.gateway.connect({ scopes: ["operator.read", "operator.write"] })
  for (const raw of shapes) {
    await expect(client.call(changes.set, { raw, baseHash })).rejects.toThrow("operator.admin")
    for (const method of [changes.patch, changes.apply])
      await expect(client.call(method, { raw, baseHash })).rejects.toThrow("operator.admin")
  }
  await expect(client.call(changes.reload, {})).rejects.toThrow("operator.admin")
  expect((await client.call(get, {})).raw).toBeUndefined()
  expect(at.text()).toBe(before)
})

type Needed = Record<string, { service: string }>

test("nothing that changes the config is open to less than admin; of tools only the owner's gateway is", () => {
  const below = new Set<Scope>(["read", "write", "pairing", "approvals"])
  const writing = methods.filter(({ needs }) =>
    Object.values(needs as Needed).some(({ service }) => /^(restarts|reloader)$/.test(service)),
  )
  expect(writing.map(({ name }) => name)).toContain("config.apply")
  const open = writing.filter(({ scope }) => holds(below, scope)).map(({ name }) => name)
  expect(open.filter((name) => name.startsWith("config."))).toEqual([])
  const reaching = tools.filter(({ needs }) =>
    Object.values(needs as Needed).some(({ service }) =>
      /^(settings|restarts|reloader)$/.test(service),
    ),
  )
  expect(reaching.map(({ name, ownerOnly }) => ({ name, ownerOnly }))).toEqual([
    { name: "gateway", ownerOnly: true },
  ])
})

const commented = `// token: "commented-out-token-1"
{
  // https://me:commented-login@a.example and password=commented-password, maxTokens: 5
  gateway: { port: 5, auth: { token: "canary-token-0123", /* was: canary-token-0123 */ pin: 4321 } },
  models: { providers: { a: { baseUrl: "https://me:canary-login@a.example/v1",
    apiKey: { source: "env", id: "KEY" }, headers: { Authorization: '\${KEY}' } } } }, // keep
}
`
test("the text shown keeps comments and spelling, and hides secrets in comments as well", async () => {
  const source = Bun.JSON5.parse(commented) as Record<string, unknown>
  const shown = (await maskedText({ text: commented, format: "json5", source }, sections))!
  expect(shown).not.toMatch(/canary|commented-(?:out|login|password)|4321/)
  for (const kept of ["maxTokens: 5", "// keep", "'${KEY}'", "gateway: { port: 5, auth: {"])
    expect(shown).toContain(kept)
})
