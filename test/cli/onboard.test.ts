import { expect, test } from "bun:test"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { resolvePaths } from "../../src/config/paths.ts"
import { migrations } from "../../src/registry.ts"
import type { SessionStore } from "../../src/sessions/session.ts"
import { createSessionStore } from "../../src/sessions/store.ts"
import { Database } from "../../src/store/database.ts"
import { commandLine } from "../support/command-line.ts"
import { fakeTailscale, tailnetName } from "../support/fake-tailscale.ts"
import { fakeKey, fakeModel } from "../support/fake-model.ts"

const quiet = ["onboard", "--non-interactive", "--accept-risk"]
// oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever setting it is about
type Written = Record<string, any>
const configOf = (line: ReturnType<typeof commandLine>) =>
  Bun.JSON5.parse(readFileSync(line.configFile, "utf8")) as Written

test("flags and defaults alone set an empty home up", async () => {
  using line = commandLine()
  const ran = await line.fased(quiet)
  expect(ran).toMatchObject({ code: 0, err: "" })
  expect(ran.out).toContain(`${line.configFile} (made)`)
  expect(ran.out).toContain("Start it with: fased start")
  const { gateway, wizard } = configOf(line)
  expect(gateway).toEqual({ mode: "local", auth: { mode: "token", token: expect.any(String) } })
  expect(wizard).toMatchObject({ lastRunCommand: "onboard", lastRunMode: "local" })
  expect(statSync(line.configFile).mode & 0o777).toBe(0o600)
  expect(existsSync(join(line.state, "workspace", "AGENTS.md"))).toBe(true)
  // Piped output ends up in logs.
  expect(ran.out).not.toContain(gateway.auth.token)
})

test("a second run with the same answers changes not a byte", async () => {
  using line = commandLine()
  const flags = [...quiet, "--gateway-port", "4100", "--workspace", join(line.home, "desk")]
  await line.fased(flags)
  const before = readFileSync(line.configFile, "utf8")
  expect((await line.fased(flags)).out).toContain("(as it was)")
  expect((await line.fased(quiet)).code).toBe(0)
  expect((await line.fased(["setup"])).out).toContain("nothing was changed")
  expect(readFileSync(line.configFile, "utf8")).toBe(before)
})

const incomplete: [flags: string[], names: string, env?: Record<string, string>][] = [
  [["onboard", "--non-interactive"], "--accept-risk is missing"],
  [["onboard"], "Nobody is at a terminal"],
  [["configure"], "Nobody is at a terminal"],
  [[...quiet, "--mode", "remote"], "--remote-url is missing"],
  [[...quiet, "--auth-choice", "openai-api-key"], "--openai-api-key is missing"],
  [[...quiet, "--auth-choice", "custom-api-key"], "--custom-base-url is missing"],
  [[...quiet, "--custom-base-url", "http://127.0.0.1:1/v1"], "--custom-model-id is missing"],
  [[...quiet, "--gateway-auth", "password"], "--gateway-password is missing"],
  [[...quiet, "--gateway-token", "short"], "--gateway-token is no secret"],
  [[...quiet, "--gateway-port", "0"], '--gateway-port cannot be "0"'],
  [[...quiet, "--tailscale", "funnel"], "needs a password"],
  [[...quiet, "--host-profile", "hosting", "--gateway-bind", "lan"], "would open the port"],
  [[...quiet, "--auth-choice", "openai-codex"], 'cannot be "openai-codex" in this version'],
  [[...quiet, "--openai-api-key", "two words"], "--openai-api-key: A key has no spaces"],
  [[...quiet, "--gateway-bindd", "lan"], "Did you mean --gateway-bind?"],
]
for (const [flags, names] of incomplete)
  test(`${flags.join(" ")}: stops at once and names what is wrong`, async () => {
    using line = commandLine()
    const ran = await line.fased(flags)
    expect(ran.code).toBe(2)
    expect(ran.err).toContain(names)
    expect(existsSync(line.configFile)).toBe(false)
  })

test("a service on Node is refused before anything is written", async () => {
  using line = commandLine()
  const ran = await line.fased([...quiet, "--install-daemon", "--daemon-runtime", "node"])
  expect(ran.code).toBe(1)
  expect(ran.err).toContain("cannot run its service on Node")
  expect(existsSync(line.configFile)).toBe(false)
})

test("an invalid config stops the setup with the way to the doctor", async () => {
  using line = commandLine({ gateway: { port: "many" } })
  const before = readFileSync(line.configFile, "utf8")
  const ran = await line.fased(quiet)
  expect(ran.code).toBe(1)
  expect(ran.err).toContain("fased doctor")
  expect(readFileSync(line.configFile, "utf8")).toBe(before)
})

const custom = (url: string, key = fakeKey) => [
  "--custom-base-url",
  `${url}/v1`,
  "--custom-model-id",
  "fake-1",
  "--custom-provider-id",
  "fake",
  "--custom-api-key",
  key,
]

test("a model is called once before it is kept", async () => {
  await using model = fakeModel({ turns: ["ready"] })
  using line = commandLine()
  const ran = await line.fased([...quiet, "--json", ...custom(model.url)])
  expect(ran.code).toBe(0)
  expect(JSON.parse(ran.out)).toMatchObject({
    ok: true,
    model: { ref: "fake/fake-1", check: "passed" },
    health: { state: "not-running" },
    next: expect.arrayContaining(["fased start"]),
  })
  expect(ran.out).not.toContain(fakeKey)
  expect(ran.out).not.toContain(configOf(line).gateway.auth.token)
  expect(model.calls).toHaveLength(1)
  expect(configOf(line)).toMatchObject({
    agents: { defaults: { model: "fake/fake-1" } },
    models: { providers: { fake: { baseUrl: `${model.url}/v1`, apiKey: fakeKey } } },
  })
})

test("a key that is refused is not kept, unless that is what is wanted", async () => {
  await using model = fakeModel({ turns: [{ fail: { status: 401 } }] })
  using line = commandLine()
  const flags = [...quiet, ...custom(model.url, "sk-wrong-0123456789abcdef")]
  const ran = await line.fased(flags)
  expect(ran.code).toBe(1)
  expect(ran.err).toContain("refused the key")
  expect(ran.err).toContain("--skip-model-check")
  expect(ran.err).not.toContain("sk-wrong-0123456789abcdef")
  expect(existsSync(line.configFile)).toBe(false)

  expect((await line.fased([...flags, "--skip-model-check"])).code).toBe(0)
  expect(configOf(line).agents.defaults.model).toBe("fake/fake-1")
})

const openai = [...quiet, "--auth-choice", "openai-api-key", "--skip-model-check"]

test("by reference, the key stays in its variable, which must be there", async () => {
  using line = commandLine()
  const byRef = [...openai, "--secret-input-mode", "ref"]
  const without = await line.fased(byRef)
  expect(without.code).toBe(1)
  expect(without.err).toContain("OPENAI_API_KEY")
  expect(existsSync(line.configFile)).toBe(false)

  const ran = await line.fased(byRef, { env: { OPENAI_API_KEY: "sk-in-the-environment" } })
  expect(ran.code).toBe(0)
  expect(configOf(line).models.providers.openai.apiKey).toEqual({
    source: "env",
    id: "OPENAI_API_KEY",
  })
  expect(readFileSync(line.configFile, "utf8")).not.toContain("sk-in-the-environment")
})

test("a server of one's own is referred to in the same way", async () => {
  using line = commandLine()
  const flags = [...quiet, ...custom("http://127.0.0.1:1"), "--skip-model-check"]
  const byRef = [...flags, "--secret-input-mode", "ref"]
  const without = await line.fased(byRef)
  expect(without.err).toContain("FAKE_API_KEY")
  expect(existsSync(line.configFile)).toBe(false)
  expect((await line.fased(byRef, { env: { FAKE_API_KEY: fakeKey } })).code).toBe(0)
  expect(configOf(line).models.providers.fake.apiKey).toEqual({ source: "env", id: "FAKE_API_KEY" })
  expect(readFileSync(line.configFile, "utf8")).not.toContain(fakeKey)
})

test("a key in the config's own variables is found and left there", async () => {
  using line = commandLine({ env: { OPENAI_API_KEY: "sk-in-the-block" }, wizard: {} })
  expect((await line.fased(openai)).code).toBe(0)
  expect(configOf(line).models?.providers?.openai?.apiKey).toBeUndefined()
  expect(configOf(line).agents.defaults.model).toMatch(/^openai\//)
})

test("a key of the shell is copied for the service to find; one in the .env file is there already", async () => {
  using line = commandLine()
  await line.fased(openai, { env: { OPENAI_API_KEY: "sk-of-the-shell" } })
  expect(configOf(line).models.providers.openai.apiKey).toBe("sk-of-the-shell")

  using other = commandLine()
  await Bun.write(join(other.state, ".env"), "OPENAI_API_KEY=sk-in-the-file\n")
  expect((await other.fased(openai)).code).toBe(0)
  expect(configOf(other).models?.providers?.openai?.apiKey).toBeUndefined()
  expect(configOf(other).agents.defaults.model).toMatch(/^openai\//)
})

test("a stored key is used again, and the model someone chose stays", async () => {
  using line = commandLine({
    gateway: { mode: "local", auth: { token: "a-long-enough-token-0123456789" } },
    agents: { defaults: { model: "openai/gpt-4.1" } },
    models: { providers: { openai: { apiKey: "sk-stored" } } },
    wizard: {},
  })
  const before = readFileSync(line.configFile, "utf8")
  expect((await line.fased(openai)).code).toBe(0)
  expect(readFileSync(line.configFile, "utf8")).toBe(before)
})

test("a model server on this machine is taken with its first model", async () => {
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => Response.json({ data: [{ id: "llama3.2:3b" }] }),
  })
  const baseUrl = `http://127.0.0.1:${server.port}/v1`
  using line = commandLine()
  const flags = [...quiet, "--auth-choice", "ollama", "--skip-model-check"]
  const ran = await line.fased(flags, { env: { FASED_MODEL_SERVERS: `ollama=${baseUrl}` } })
  expect(ran.code).toBe(0)
  expect(configOf(line)).toMatchObject({
    agents: { defaults: { model: "ollama/llama3.2:3b" } },
    models: { providers: { ollama: { baseUrl, auth: "none", models: [{ id: "llama3.2:3b" }] } } },
  })
  using nobody = commandLine()
  const missing = await nobody.fased(flags, {
    env: { FASED_MODEL_SERVERS: "ollama=http://127.0.0.1:1/v1" },
  })
  expect(missing.code).toBe(1)
  expect(missing.err).toContain("Ollama offers no model at http://127.0.0.1:1/v1")
  expect(existsSync(nobody.configFile)).toBe(false)
})

test("the guide is written down only where another model would answer", async () => {
  using line = commandLine()
  await line.fased([...quiet, "--auth-choice", "guide"])
  expect(configOf(line).agents?.defaults?.model).toBeUndefined()
  await line.fased([...quiet, "--auth-choice", "skip"], { env: { OPENAI_API_KEY: "sk-there" } })
  expect(configOf(line).agents.defaults.model).toBe("fased/guide")
})

test("a client of a gateway elsewhere: two settings here, nothing else", async () => {
  using line = commandLine()
  const ran = await line.fased([
    ...quiet,
    "--mode",
    "remote",
    "--remote-url",
    "ws://127.0.0.1:1",
    "--remote-token",
    "their-token-0123456789",
    "--json",
  ])
  expect(ran.code).toBe(1)
  expect(JSON.parse(ran.out)).toMatchObject({ ok: false, mode: "remote", health: { ok: false } })
  const { gateway, wizard } = configOf(line)
  expect(gateway).toEqual({
    mode: "remote",
    remote: { url: "ws://127.0.0.1:1", token: "their-token-0123456789" },
  })
  expect(wizard.lastRunMode).toBe("remote")
  expect(existsSync(join(line.state, "workspace"))).toBe(false)
})

test("a server is told how to reach it, and its port stays closed", async () => {
  using line = commandLine()
  const env = { SSH_CONNECTION: "198.51.100.7 50000 203.0.113.9 22" }
  const ran = await line.fased([...quiet, "--host-profile", "hosting"], { env })
  expect(ran.code).toBe(0)
  expect(ran.out).toMatch(/ssh -N -L 18789:127\.0\.0\.1:18789 \S+@203\.0\.113\.9/)
  expect(configOf(line).gateway.bind).toBeUndefined()
})

test("a server in a tailnet is reached by its name there, once that is wanted", async () => {
  using line = commandLine()
  const { path } = fakeTailscale(line.home)
  const hosting = [...quiet, "--host-profile", "hosting"]
  const offered = await line.fased(hosting, { env: { PATH: path } })
  expect(offered.out).toContain("fased config set gateway.tailscale.mode serve")
  expect(offered.out).toContain(`https://${tailnetName}/`)
  expect(configOf(line).gateway.tailscale).toBeUndefined()
  const taken = await line.fased([...hosting, "--tailscale", "serve"], { env: { PATH: path } })
  expect(taken.out).not.toContain("config set")
  expect(configOf(line).gateway.tailscale).toEqual({ mode: "serve" })
})

test("beyond this machine, browsers may come from its own addresses", async () => {
  using line = commandLine()
  expect((await line.fased([...quiet, "--gateway-bind", "lan"])).code).toBe(0)
  const { bind, controlUi } = configOf(line).gateway
  expect(bind).toBe("lan")
  for (const origin of controlUi.allowedOrigins) expect(origin).toMatch(/^http:\/\/[\d.]+:18789$/)
})

test("what no gateway could start with is not written", async () => {
  using line = commandLine()
  const ran = await line.fased([...quiet, "--gateway-bind", "custom"])
  expect(ran.code).toBe(1)
  expect(ran.err).toContain("customBindHost")
  expect(existsSync(line.configFile)).toBe(false)
})

test("setup makes config and folder and asks nothing", async () => {
  using line = commandLine()
  const ran = await line.fased(["setup", "--workspace", "desk"])
  expect(ran).toMatchObject({ code: 0, err: "" })
  expect(configOf(line).agents.defaults.workspace).toBe(join(line.home, "desk"))
  expect(existsSync(join(line.home, "desk", "AGENTS.md"))).toBe(true)
  expect(configOf(line).wizard.lastRunCommand).toBe("setup")
})

test("--reset begins conversations afresh and forgets model keys; config, token and devices stay", async () => {
  using line = commandLine({
    gateway: { mode: "local", auth: { token: "a-long-enough-token-0123456789" } },
    models: { providers: { openai: { apiKey: "sk-stored", models: [{ id: "gpt-4.1" }] } } },
    wizard: {},
  })
  const paths = resolvePaths({ HOME: line.home })
  const stored = async <T>(work: (sessions: SessionStore) => Promise<T>) => {
    const db = new Database(paths.database, migrations)
    try {
      return await work(createSessionStore(db))
    } finally {
      db.close()
    }
  }
  const before = await stored((sessions) => sessions.open("agent:main:main", "main", 1))

  const alone = await line.fased([...quiet, "--reset-scope", "auth"])
  expect(alone).toMatchObject({ code: 2, err: expect.stringContaining("--reset-scope") })
  expect((await line.fased([...quiet, "--reset"])).code).toBe(0)
  const { gateway, models } = configOf(line)
  expect(gateway.auth.token).toBe("a-long-enough-token-0123456789")
  expect(models.providers.openai).toEqual({ models: [{ id: "gpt-4.1" }] })
  const after = await stored((sessions) => sessions.get("agent:main:main"))
  expect(after?.sessionId).toBeString()
  expect(after?.sessionId).not.toBe(before.sessionId)
})
