import { expect, test } from "bun:test"
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { controls } from "../../src/config/control-variables.ts"
import { createSettings } from "../../src/config/create.ts"
import { env as envSection } from "../../src/config/env-block.ts"
import { describeIssue } from "../../src/config/faults.ts"
import { judgeConfig } from "../../src/config/load.ts"
import { redactConfig } from "../../src/config/redact.ts"
import type { FetchSecrets } from "../../src/config/settings.ts"
import { section } from "../../src/kernel/section.ts"
import { fetchSecrets as noSecrets } from "../support/no-secrets.ts"
import { models, sections as sample, temporaryFolder } from "./sample.ts"

const expecting = section({ ...models, variables: ["SHELL_KEY", "OTHER_KEY"] })
const sections = [...sample.filter(({ id }) => id !== "models"), expecting, envSection]

const open = (folder: string, env = {}, fetchSecrets: FetchSecrets = noSecrets) =>
  createSettings({
    paths: { config: join(folder, "fased.json"), state: folder },
    env,
    sections,
    fetchSecrets,
  })

const told = async (text: string, env = {}) =>
  (await judgeConfig(text, { path: "fased.json", sections, env })).issues.map(describeIssue)

test("the block gives variables to the rest of the file and to everyone, and overrides nothing", async () => {
  using folder = temporaryFolder({
    "fased.json": `{
      env: { NAME: "from block", vars: { HOST: "\${SUB}.example", SET: "block", EMPTY: "block" } },
      models: { providers: { a: { baseUrl: "https://\${HOST}", apiKey: "\${SET}" } } },
      agents: { list: [{ id: "a", name: "$\${HOST}" }] },
    }`,
  })
  const around = { SET: "process", SUB: "api", EMPTY: "" }
  const settings = await open(folder.path, around)
  expect(settings.current().issues).toEqual([])
  expect(settings.section(models).providers.a).toMatchObject({
    baseUrl: "https://api.example",
    apiKey: "process",
  })
  expect({ ...settings.env }).toEqual({
    ...around,
    NAME: "from block",
    HOST: "api.example",
  })
})

test("a changed block counts at once, in the same object, and what it no longer gives is gone", async () => {
  using folder = temporaryFolder({ "fased.json": "{ env: { A: '1', B: '2' } }" })
  const settings = await open(folder.path, { SET: "x" })
  const { env } = settings
  expect({ ...env }).toEqual({ SET: "x", A: "1", B: "2" })
  settings.hold()
  writeFileSync(settings.current().path, "{ env: { B: '3', vars: { C: '4' } } }")
  const now = await settings.read()
  expect({ ...env }).toEqual({ SET: "x", A: "1", B: "2" })
  await settings.adopt(now)
  expect(settings.env).toBe(env)
  expect({ ...env }).toEqual({ SET: "x", B: "3", C: "4" })
})

test("a variable kept elsewhere counts once it is fetched, and asks in the new environment", async () => {
  using folder = temporaryFolder({
    "fased.json": "{ env: { PLAIN: 'p', vars: { KEPT: { source: 'exec', id: 'x' } } } }",
  })
  const asked: unknown[] = []
  const settings = await open(folder.path, {}, async (refs, _, env) => {
    asked.push(env?.PLAIN)
    return new Map(refs.map(({ path }) => [path, "fetched"]))
  })
  expect({ ...settings.env }).toEqual({ PLAIN: "p" })
  await settings.activate()
  expect({ ...settings.env }).toEqual({ PLAIN: "p", KEPT: "fetched" })
  expect(asked).toEqual(["p"])
})

test("variables that steer programs, traffic, trust or fased itself are refused with the reason", async () => {
  const refused = {
    "it steers fased itself": ["FASED_STATE_DIR", "FASED_GATEWAY_TOKEN"],
    "it steers how programs run": [
      "BUN_OPTIONS",
      "NODE_OPTIONS",
      "NODE_TLS_REJECT_UNAUTHORIZED",
      "NODE_EXTRA_CA_CERTS",
      "LD_PRELOAD",
      "DYLD_INSERT_LIBRARIES",
      "PATH",
      "HOME",
      "SHELL",
      "BASH_ENV",
      "GIT_SSH_COMMAND",
      "PYTHONPATH",
    ],
    "it decides where traffic goes or whom it trusts": [
      "HTTPS_PROXY",
      "ALL_PROXY",
      "NO_PROXY",
      "OPENAI_BASE_URL",
      "ANTHROPIC_BASE_URL",
      "OPENAI_API_BASE",
      "AZURE_OPENAI_ENDPOINT",
      "AWS_ENDPOINT_URL",
      "OLLAMA_HOST",
      "SSL_CERT_FILE",
      "SSL_CERT_DIR",
      "REQUESTS_CA_BUNDLE",
    ],
  }
  for (const [reason, names] of Object.entries(refused))
    for (const name of names) {
      const text = (at: string) =>
        `${at}: is not for the config to set: ${reason} (set it where fased is started instead)`
      expect(await told(JSON.stringify({ env: { [name]: "x" } }))).toEqual([text(`env.${name}`)])
      expect(await told(JSON.stringify({ env: { vars: { [name]: "x" } } }))).toEqual([
        text(`env.vars.${name}`),
      ])
    }
  for (const name of ["OPENAI_API_KEY", "GITHUB_TOKEN", "DEEPGRAM_API_KEY", "GITHUB_HOST_KEY"])
    expect(controls(name)).toBeUndefined()
})

test("only text under a variable's name is taken", async () => {
  expect(
    await told("{ env: { lower: 'x', OK: 5, vars: { 'A-B': 'x' }, shellEnv: { on: 1 } } }"),
  ).toEqual([
    "env.shellEnv.on: is not a setting fased knows (known here: enabled, timeoutMs)",
    "env.OK: must be text or a reference to a secret, not a number",
  ])
  expect(await told("{ env: { lower: 'x', vars: { 'A-B': 'x' } } }")).toEqual([
    "env.vars.A-B: is not a variable's name: capital letters, digits and _ only, no digit first",
    "env.lower: is not a variable's name: capital letters, digits and _ only, no digit first",
  ])
})

test("fased's own secrets are expanded in the gateway's secrets and nowhere else", async () => {
  const env = { FASED_GATEWAY_TOKEN: "own-token", FASED_STATE_DIR: "/state" }
  const text = JSON.stringify({
    env: { COPY: "${FASED_GATEWAY_TOKEN}" },
    gateway: { auth: { token: "${FASED_GATEWAY_TOKEN}" }, hsts: "${FASED_GATEWAY_TOKEN}" },
    models: {
      providers: { a: { baseUrl: "https://a.example", apiKey: "${FASED_GATEWAY_TOKEN}" } },
    },
    agents: { list: [{ id: "a", name: "${FASED_STATE_DIR}" }] },
  })
  const refused = (path: string) =>
    `${path}: may not use \${FASED_GATEWAY_TOKEN}: it guards this gateway, and only secrets of gateway may hold it (give this setting a secret of its own)`
  expect(await told(text, env)).toEqual(
    ["env.COPY", "gateway.hsts", "models.providers.a.apiKey"].map(refused),
  )
})

test("values of the block are masked wherever the config is shown", () => {
  const shown = redactConfig({ env: { A: "canary", vars: { B: "canary" } } }, sections)
  expect(JSON.stringify(shown)).not.toContain("canary")
})

const shell = (folder: string, start: string) => {
  const path = join(folder, "shell")
  writeFileSync(
    path,
    `#!/bin/sh\n${start}\nexport SHELL_KEY OTHER_KEY PATH NODE_OPTIONS\nshift 2\neval "$1"\n`,
  )
  chmodSync(path, 0o700)
  return path
}

test("the login shell is asked only for what is expected and missing, once, and when told to", async () => {
  using folder = temporaryFolder({ "fased.json": "{ env: { shellEnv: { enabled: true } } }" })
  const SHELL = shell(
    folder.path,
    `echo asked >> ${join(folder.path, "asked")}; echo noise; SHELL_KEY='a\nb=c'; OTHER_KEY=shell; UNASKED=1; NODE_OPTIONS=x`,
  )
  const around = { SHELL, OTHER_KEY: "set", PATH: "/usr/bin:/bin" }
  const settings = await open(folder.path, around)
  expect({ ...settings.env }).toEqual({ ...around, SHELL_KEY: "a\nb=c" })
  expect(settings.current().warnings).toEqual([])
  await settings.set("env.shellEnv.timeoutMs", 5000)
  expect(readFileSync(join(folder.path, "asked"), "utf8")).toBe("asked\n")
  await settings.set("env.shellEnv.enabled", false)
  expect(settings.env.SHELL_KEY).toBeUndefined()

  using silent = temporaryFolder()
  const asked = join(silent.path, "asked")
  const quiet = shell(silent.path, `echo asked >> ${asked}; SHELL_KEY=b`)
  await open(silent.path, { SHELL: quiet, PATH: "/usr/bin:/bin" })
  expect(existsSync(asked)).toBe(false)
  const wished = await open(silent.path, {
    SHELL: quiet,
    PATH: "/usr/bin:/bin",
    FASED_LOAD_SHELL_ENV: "1",
  })
  expect(wished.env.SHELL_KEY).toBe("b")
})

test("a login shell that hangs, dies or is none is a warning, and its children end with it", async () => {
  using folder = temporaryFolder({
    "fased.json": "{ env: { shellEnv: { enabled: true, timeoutMs: 300 } } }",
  })
  const mark = join(folder.path, "child")
  const starts: [string, string][] = [
    [`sleep 1000 & echo $! > ${mark}; wait`, "the login shell took longer than 300 ms"],
    ["exit 3", "the login shell ended before it listed its environment"],
  ]
  for (const [start, problem] of starts) {
    const SHELL = shell(folder.path, start)
    const { warnings, issues } = (
      await open(folder.path, { SHELL, PATH: "/usr/bin:/bin" })
    ).current()
    expect(issues).toEqual([])
    expect(warnings).toEqual([{ path: "env.shellEnv", message: problem }])
  }
  const child = Number(readFileSync(mark, "utf8"))
  const isGone = () => {
    try {
      return /^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, "utf8"))
    } catch {
      return true
    }
  }
  while (!isGone()) await Bun.sleep(5)
  const none = (await open(folder.path, { SHELL: "nonsense" })).current()
  expect(none.warnings[0]?.message).toBe(
    "the login shell cannot be asked: SHELL does not name a program",
  )
})
