/** `secrets audit`: what it finds, by code, and that it never shows a secret. */
import { expect, test } from "bun:test"
import { instance, key, keyTarget, plan, token } from "./instance.ts"

const ref = { source: "file", provider: "default", id: "/gateway/token" }
const moved = { gateway: { auth: { token: ref } } }
const store = { gateway: { token } }
const plain = { gateway: { auth: { token } } }

type Case = [
  why: string,
  files: Record<string, unknown>,
  found: [code: string, file: string, place: string][],
  env?: Record<string, string>,
]
const cases: Case[] = [
  ["nothing at all", {}, []],
  ["a config whose secrets are kept elsewhere", { "fased.json": moved, "secrets.json": store }, []],
  [
    "a variable",
    { "fased.json": { gateway: { auth: { token: "${TOKEN}" } } } },
    [],
    { TOKEN: token },
  ],
  [
    "a secret written out",
    { "fased.json": plain },
    [["PLAINTEXT_FOUND", "fased.json", "gateway.auth.token"]],
  ],
  [
    "a header written out, under a name with a dot",
    { "fased.json": { models: { providers: { "my.host": { headers: { "x-key": key } } } } } },
    [["PLAINTEXT_FOUND", "fased.json", 'models.providers["my.host"].headers.x-key']],
  ],
  [
    "variables of which one is a secret",
    { "fased.json": { env: { TZ: "UTC", vars: { GITHUB_TOKEN: key } } } },
    [["PLAINTEXT_FOUND", "fased.json", "env.vars.GITHUB_TOKEN"]],
  ],
  [
    "a reference to nothing",
    { "fased.json": moved, "secrets.json": {} },
    [["REF_UNRESOLVED", "fased.json", "gateway.auth.token"]],
  ],
  [
    "a variable that is not set",
    { "fased.json": { gateway: { auth: { token: "${NOT_SET}" } } } },
    [["REF_UNRESOLVED", "fased.json", "gateway.auth.token"]],
  ],
  [
    "a reference beside the variable that speaks for the same",
    { "fased.json": moved, "secrets.json": store },
    [["REF_SHADOWED", "fased.json", "gateway.auth.token"]],
    { FASED_GATEWAY_TOKEN: token },
  ],
  [
    "a copy that still says it",
    { "fased.json": moved, "secrets.json": store, "fased.json.bak": plain },
    [["LEGACY_RESIDUE", "fased.json.bak", "gateway.auth.token"]],
  ],
  [
    "a copy cut short that still says it",
    { "fased.json": moved, "secrets.json": store, "config-backups/fased.x.json": `{ a: "${token}` },
    [["LEGACY_RESIDUE", "config-backups/fased.x.json", ""]],
  ],
  [
    "a comment that still says it",
    { "fased.json": `${JSON.stringify(moved)} // ${token}`, "secrets.json": store },
    [["LEGACY_RESIDUE", "fased.json", ""]],
  ],
  [
    "a line of .env that nothing reads",
    { "fased.json": moved, "secrets.json": store, ".env": `GATEWAY=${token}\nX=1\n` },
    [["LEGACY_RESIDUE", ".env", "GATEWAY"]],
  ],
  [
    "a stored secret nobody asks for",
    { "fased.json": moved, "secrets.json": { ...store, "a/b~c": [key] } },
    [["LEGACY_RESIDUE", "secrets.json", "/a~1b~0c/0"]],
  ],
  [
    "keys of an older layout",
    { "agents/main/agent/auth.json": { openai: { type: "api_key", key } } },
    [["LEGACY_RESIDUE", "agents/main/agent/auth.json", "openai.key"]],
  ],
]

test.each(cases)("%s", async (_, files, found, env = {}) => {
  using home = instance(files, env)
  const report = await home.audit()
  expect(report.findings.map(({ code, file, jsonPath }) => [code, file, jsonPath])).toEqual(
    found.map(([code, file, place]) => [code, home.path(file), place]),
  )
  const unresolved = found.some(([code]) => code === "REF_UNRESOLVED")
  expect(report.status).toBe(unresolved ? "unresolved" : found.length ? "findings" : "clean")
  expect(JSON.stringify(report)).not.toContain(token)
  expect(JSON.stringify(report)).not.toContain(key)
})

test("what apply leaves behind is clean", async () => {
  const config = {
    gateway: { auth: { token: "${T}" } },
    models: { providers: { openai: { apiKey: key } } },
  }
  using home = instance(
    {
      "fased.json": config,
      "fased.json.bak": config,
      "secrets.json": { openai: key },
      ".env": `K=${key}\n`,
    },
    { T: token },
  )
  expect((await home.audit()).status).toBe("findings")
  await home.apply(plan([keyTarget]))
  expect(await home.audit()).toMatchObject({ status: "clean", findings: [] })
})
