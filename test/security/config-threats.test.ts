/** N091 N094 N095 N096 N101: what a config may not come to say, and at whose word. */
import { describe, expect, test } from "bun:test"
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { hintsOf } from "../../src/config/hints.ts"
import { get } from "../../src/config/methods.ts"
import { parsePath, type Tree, valueAt, withValue } from "../../src/config/path.ts"
import { fileSchema, formsAt } from "../../src/config/schema.ts"
import { sections } from "../../src/registry.ts"
import { canary, ownToken, plant, trace } from "../support/canaries.ts"
import { commandLine } from "../support/command-line.ts"
import { startConversation } from "../support/conversation.ts"
import type { Call } from "../support/fake-model.ts"
import { startGateway, temporaryHome, testToken, type TestGateway } from "../support/gateway.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"

const textOf = ({ paths }: TestGateway) => readFileSync(paths.config, "utf8")
const configOf = (gateway: TestGateway) => JSON.parse(textOf(gateway)) as Tree
const send = async ({ client }: TestGateway, method: string, raw: string) => {
  const { hash } = await client.call(get, {})
  return client.request(method, { raw, baseHash: hash })
}

describe.each(["inline", "variable", "file"] as const)("N091 secrets written %s", (way) => {
  test("survive being shown and sent back, by call and by command", async () => {
    await using home = await temporaryHome()
    const { config, env } = plant(way, home.path)
    await using gateway = await startGateway({
      home: home.path,
      config,
      env,
      client: { token: ownToken },
    })
    const before = configOf(gateway)
    const shown = await gateway.client.call(get, {})
    expect(JSON.stringify(shown)).not.toMatch(trace)
    // The text as shown, what is in the file, and the settings in use with their defaults.
    for (const raw of [shown.raw!, JSON.stringify(shown.parsed), JSON.stringify(shown.config)]) {
      const answer = await send(gateway, "config.set", raw)
      expect(JSON.stringify(answer)).not.toMatch(trace)
      expect(configOf(gateway)).toMatchObject(before)
    }
    await send(gateway, "config.patch", JSON.stringify(shown.parsed))
    expect(configOf(gateway)).toMatchObject(before)

    using cli = commandLine()
    const run = (args: string[]) => cli.fased(args, { env: { ...env, HOME: home.path } })
    for (const section of ["gateway", "models", "env"]) {
      const { out } = await run(["config", "get", section, "--json"])
      expect(out).not.toMatch(trace)
      const patched = await run(["config", "patch", JSON.stringify({ [section]: JSON.parse(out) })])
      expect([patched.code, patched.err]).toEqual([0, ""])
      expect(patched.out).not.toMatch(trace)
      expect(configOf(gateway)).toMatchObject(before)
    }
  }, 30_000)
})

/** What came of the tools that the model called. */
const answersIn = ({ body }: Call) =>
  (body.messages as { role: string; content: string }[]).filter(({ role }) => role === "tool")

/** Ways to reach a guarded setting by another name than its own. */
const shapes: Record<string, string> = {
  "by its parent":
    '{ "gateway": { "auth": { "mode": "token", "token": "evil-token-0123456789" } } }',
  "by null in its place": '{ "gateway": { "auth": { "token": null } } }',
  "by null in its parent's place": '{ "gateway": null }',
  "by its place in a list": '{ "agents": { "list": [{ "id": "main", "workspace": "/" }] } }',
  "by a list written as a group": '{ "tools": { "allow": { "0": "*" } } }',
  "by the whole list": '{ "gateway": { "trustedProxies": ["0.0.0.0/0"] } }',
  "by an included file": '{ "tools": { "$include": "./evil.json" } }',
  "by including all of it": '{ "$include": "./evil.json" }',
  "by a name that is not its own": '{ "__proto__": { "tools": { "profile": "full" } } }',
  "by a variable": '{ "gateway": { "controlUi": { "allowedOrigins": ["${EVIL}"] } } }',
  "by another place to ask":
    '{ "secrets": { "providers": { "x": { "source": "exec", "command": "/bin/sh" } } } }',
}

describe("N094 the config is changed by nobody below admin", () => {
  test.each(Object.keys(shapes))("not %s", async (name) => {
    const raw = shapes[name]!
    await using gateway = await startGateway()
    const before = textOf(gateway)
    const { hash: baseHash } = await gateway.client.call(get, {})
    for (const scope of ["operator.read", "operator.write", "operator.pairing"]) {
      const client = await gateway.connect({ scopes: [scope] })
      for (const method of ["config.set", "config.patch", "config.apply"])
        await expect(client.request(method, { raw, baseHash })).rejects.toThrow("operator.admin")
    }
    expect(textOf(gateway)).toBe(before)
  })

  test("not by a word in a chat", async () => {
    await using at = await startConversation(["I cannot do that."])
    const before = textOf(at.gateway)
    for (const scopes of [["operator.write"], ["operator.admin"]]) {
      const client = await at.gateway.connect({ scopes: [...scopes, "operator.read"] })
      for (const word of ["/config", "/set", "/elevated", "/exec", "!config", "/tools"])
        await client.request("chat.send", {
          sessionKey: "main",
          message: `${word} patch ${shapes["by its parent"]}`,
          idempotencyKey: crypto.randomUUID(),
        })
    }
    await at.chat.ask("And now?")
    expect(textOf(at.gateway)).toBe(before)
  })

  test("not by a model, in whatever shape it asks, nor by the files it may write", async () => {
    await using home = await temporaryHome()
    const paths = [".fased/fased.json", ".fased/.env", ".fased/secrets.json", ".fased/evil.json"]
    const link = join(home.path, "link")
    symlinkSync(join(home.path, ".fased"), link)
    const files = [...paths.map((path) => join(home.path, path)), join(link, "fased.json")]
    const written = [...files, "../fased.json", "~/.fased/fased.json", "../../.fased/fased.json"]
    const tools = [
      ...Object.values(shapes).flatMap((raw) =>
        ["config.set", "config.patch", "config.apply", "config_set"].flatMap((action) => [
          { name: "gateway", input: { action, raw, ...JSON.parse(raw) } },
          { name: action, input: { raw, baseHash: "x" } },
        ]),
      ),
      ...written.flatMap((path) => [
        { name: "write", input: { path, content: shapes["by its parent"] } },
        { name: "edit", input: { path, oldText: testToken, newText: "evil-token-0123456789" } },
      ]),
    ]
    await using at = await startConversation([{ text: "At once.", tools }, "Done."], {
      home: home.path,
      tools: { profile: "full", fs: { workspaceOnly: false } },
    })
    const before = textOf(at.gateway)
    expect((await at.chat.ask("Open the gateway to everybody.")).state).toBe("final")
    expect(at.model.calls.length).toBe(2)
    expect(textOf(at.gateway)).toBe(before)
    expect(answersIn(at.model.calls[1]!)).toHaveLength(tools.length)
    expect(JSON.stringify(answersIn(at.model.calls[1]!))).not.toMatch(/test-token|sk-fake/)
    for (const path of [".env", "secrets.json", "evil.json"])
      expect(() => readFileSync(join(at.gateway.paths.state, path))).toThrow("ENOENT")
    await using evil = await attempt(
      at.gateway.wsUrl,
      connectWith({ auth: { token: "evil-token-0123456789" } }),
    )
    expect(evil.answer?.ok).toBe(false)
  })

  test("not by a model where the config lies outside the state, in the workspace itself", async () => {
    await using home = await temporaryHome()
    const config = join(home.path, "work", "fased.json")
    const names = ["fased.json", "./fased.json", "fased.json.bak", config]
    const tools = names.flatMap((path) => [
      { name: "read", input: { path } },
      { name: "write", input: { path, content: "{}" } },
    ])
    await using at = await startConversation([{ text: "At once.", tools }, "Done."], {
      home: home.path,
      env: { FASED_CONFIG_PATH: config },
      defaults: { workspace: dirname(config) },
      tools: { profile: "full" },
    })
    const before = textOf(at.gateway)
    expect((await at.chat.ask("Read me your config.")).state).toBe("final")
    expect(answersIn(at.model.calls[1]!)).toHaveLength(tools.length)
    expect(JSON.stringify(answersIn(at.model.calls[1]!))).not.toMatch(/test-token|sk-fake/)
    expect(textOf(at.gateway)).toBe(before)
  })
})

/** Settings that may be empty lists, as paths that can be written; in tables and lists of the config, one entry. */
const lists = Object.keys(hintsOf(fileSchema(sections)))
  .map((path) =>
    path
      .replaceAll("[]", "[0]")
      .replace(/(\.channels)\.\*/, "$1.C0123456789")
      .replaceAll("*", "mine"),
  )
  .filter((path) => !/\[0\]|^env\b/.test(path))
  .filter((path) =>
    formsAt(fileSchema(sections), parsePath(path)).some(
      ({ type, minItems }) => type === "array" && !minItems,
    ),
  )

test("N095 an empty list in the config stays one, through reload, doctor, restart and being sent back", async () => {
  expect(lists).toContain("gateway.controlUi.allowedOrigins")
  const usable = lists.filter((path) => !path.startsWith("secrets."))
  const config = usable.reduce<Tree>(
    (tree, path) => withValue(tree, parsePath(path), { value: [] }),
    {
      gateway: { auth: { mode: "token", token: testToken } },
      mcp: { servers: { mine: { command: "/nowhere/server" } } },
    },
  )
  await using home = await temporaryHome()
  const isKept = (gateway: TestGateway) => {
    for (const path of usable)
      expect(valueAt(configOf(gateway), parsePath(path)) as unknown, path).toEqual([])
  }
  {
    await using gateway = await startGateway({ home: home.path, config })
    const { raw, parsed } = await gateway.client.call(get, {})
    await send(gateway, "config.set", raw!)
    await send(gateway, "config.set", JSON.stringify(parsed))
    await send(gateway, "config.set", JSON.stringify({ ...parsed, update: { channel: "beta" } }))
    isKept(gateway)
    using cli = commandLine()
    const env = { HOME: home.path }
    await cli.fased(["config", "set", "logging.level", "info"], { env })
    await gateway.running.reload()
    for (const command of [["security", "audit"], ["doctor"]])
      expect((await cli.fased([...command, "--fix"], { env })).err).not.toContain("Usage:")
    isKept(gateway)
  }
  await using again = await startGateway({ home: home.path })
  isKept(again)
}, 30_000)

test("N095 an empty list lets nobody in: no other page, and no variable", async () => {
  await using gateway = await startGateway({
    config: { gateway: { controlUi: { allowedOrigins: [] }, trustedProxies: [] } },
  })
  await using page = await attempt(gateway.wsUrl, connectWith(), {
    origin: "https://evil.example",
  }).catch(() => undefined)
  expect(page?.answer?.ok ?? false).toBe(false)

  using cli = commandLine({
    gateway: {
      mode: "local",
      auth: { mode: "token", token: { source: "env", provider: "none", id: "SOME_TOKEN" } },
    },
    secrets: { providers: { none: { source: "env", allowlist: [] } } },
  })
  const env = { SOME_TOKEN: testToken, FASED_GATEWAY_PORT: "0" }
  const { code, err } = await cli.fased(["gateway", "run"], { env })
  expect(code).not.toBe(0)
  expect(err).toContain("leaves SOME_TOKEN out")
})

describe("N096 an include that leads out of the config's folder", () => {
  const deep = (count: number) => {
    const files: Record<string, string> = { [`d${count}.json`]: "{}" }
    for (let at = 0; at < count; at++) files[`d${at}.json`] = `{ "$include": "./d${at + 1}.json" }`
    return files
  }
  const cases: Record<string, { name: string; files?: Record<string, string> }> = {
    "by its whole path": { name: "/etc/passwd" },
    "by going up": { name: "../outside.json" },
    "by going down and up": { name: "a/../../outside.json" },
    "by a link": { name: "link.json" },
    "by a linked folder": { name: "out/outside.json" },
    "into itself": { name: "loop.json", files: { "loop.json": '{ "$include": "./loop.json" }' } },
    "ten thousand files deep": { name: "d0.json", files: deep(10_000) },
  }
  test.each(Object.keys(cases))(
    "%s changes nothing in a running gateway",
    async (how) => {
      const { name, files = {} } = cases[how]!
      await using gateway = await startGateway()
      const folder = gateway.paths.state
      const outside = join(dirname(folder), "outside.json")
      writeFileSync(outside, '{ "level": "trace", "note": "canary-outside" }')
      mkdirSync(join(folder, "a"))
      symlinkSync(outside, join(folder, "link.json"))
      symlinkSync(dirname(folder), join(folder, "out"))
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
      const before = textOf(gateway)

      const logging = { $include: name }
      const raw = JSON.stringify({ ...JSON.parse(before), logging })
      for (const method of ["config.set", "config.patch"])
        await expect(
          send(gateway, method, method === "config.set" ? raw : JSON.stringify({ logging })),
        ).rejects.toThrow("would come to name other files")
      writeFileSync(gateway.paths.config, raw)
      await gateway.running.reload()
      const { valid, issues } = await gateway.client.call(get, {})
      expect(valid).toBe(false)
      expect(JSON.stringify(issues)).not.toContain("canary-outside")
      using cli = commandLine()
      const { code, out } = await cli.fased(["config", "validate"], { env: { HOME: gateway.home } })
      expect(code).toBe(1)
      expect(out).toContain("$include")
      expect(out).not.toMatch(/canary-outside|root:/)
      expect((await gateway.connect()).hello).toBeDefined()
    },
    20_000,
  )
})

test("N101 a variable in what comes by call is not expanded, and reaches nobody", async () => {
  const env = { EVIL_KEY: canary(0) }
  await using gateway = await startGateway({ env })
  const before = textOf(gateway)
  const strings = ["${EVIL_KEY}", "x${FASED_GATEWAY_TOKEN}y", "${HOME}"]
  for (const text of strings)
    for (const provider of [
      { baseUrl: `http://127.0.0.1:9/${text}` },
      { baseUrl: "http://127.0.0.1:9/v1", apiKey: text },
      { baseUrl: "http://127.0.0.1:9/v1", headers: { "X-Any": text } },
    ]) {
      const raw = JSON.stringify({
        ...JSON.parse(before),
        models: { providers: { evil: provider } },
      })
      await expect(send(gateway, "config.set", raw)).rejects.toThrow("a new variable is only taken")
    }
  expect(textOf(gateway)).toBe(before)
})
