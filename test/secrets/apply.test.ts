/** `secrets apply`: what moves, what goes, and what stays as it was. */
import { describe, expect, test } from "bun:test"
import { readdirSync, statSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { writeFileAtomic } from "../../src/store/files.ts"
import { instance, key, keyTarget, plan, token, tokenTarget } from "./instance.ts"

const other = "another-secret-0123456789"
const config = `// my settings
{
  gateway: { mode: "local", auth: { mode: "token", token: "${token}" } }, // the door
  models: {
    providers: { openai: { apiKey: "${key}", headers: { "x-team": "\${TEAM}" } } },
  },
}
`
const files = {
  "fased.json": config,
  "secrets.json": { gateway: { token }, openai: key },
}
const both = plan([tokenTarget, keyTarget])
const env = { TEAM: "blue" }

test("secrets move, and comments, order and variables stay", async () => {
  using home = instance(files, env)
  const report = await home.apply(both)
  expect(report).toMatchObject({ ok: true, mode: "write", changed: true, warnings: [] })
  const text = home.read("fased.json")
  expect(text).toContain("// my settings")
  expect(text).toContain("// the door")
  expect(text).toContain("${TEAM}")
  expect(home.holding(token, key)).toEqual(["secrets.json"])
  const settings = await home.open()
  await settings.activate()
  expect(settings.current().values?.gateway).toMatchObject({ auth: { token } })
})

test("applying again changes nothing", async () => {
  using home = instance(files, env)
  await home.apply(both)
  expect(await home.apply(both)).toMatchObject({ changed: false, changedFiles: [] })
})

test("a dry run says what it would change and writes nothing", async () => {
  using home = instance({ ...files, "fased.json.bak": config, ".env": `OLD_KEY=${key}\n` }, env)
  const before = readdirSync(home.paths.state)
  const report = await home.apply(both, { dryRun: true })
  expect(report.mode).toBe("dry-run")
  expect(report.changedFiles.map((file) => file.split("/").at(-1))).toEqual([
    "fased.json",
    ".env",
    "fased.json.bak",
  ])
  expect(readdirSync(home.paths.state).filter((name) => !name.endsWith(".lock"))).toEqual(before)
  expect(home.read("fased.json")).toBe(config)
})

test("YAML keeps its comments as well", async () => {
  const yaml = `# mine\ngateway:\n  auth:\n    mode: token\n    token: ${token} # the door\n`
  using home = instance(
    { "fased.yaml": yaml, "secrets.json": files["secrets.json"] },
    { FASED_CONFIG_PATH: "~/.fased/fased.yaml" },
  )
  await home.apply(plan([tokenTarget]))
  expect(home.read("fased.yaml")).toContain("# mine")
  expect(home.read("fased.yaml")).not.toContain(token)
  expect(home.holding(token)).toEqual(["secrets.json"])
})

describe("nothing is written unless everything works", () => {
  const cases: [why: string, plan: unknown, message: string][] = [
    [
      "a reference that gives nothing",
      plan([tokenTarget, { ...keyTarget, ref: { source: "env", id: "NOT_SET" } }]),
      "models.providers.openai.apiKey",
    ],
    [
      "a provider that does not exist",
      plan([{ ...keyTarget, ref: { source: "exec", provider: "vault", id: "x" } }]),
      'no provider "vault"',
    ],
    [
      "a provider with a setting it does not have",
      plan([keyTarget], { providerUpserts: { vault: { source: "exec", commnd: "/bin/x" } } }),
      "secrets.providers.vault",
    ],
    [
      "the removal of a provider that is in use",
      plan([{ ...keyTarget, ref: { source: "file", provider: "mine", id: "/openai" } }], {
        providerDeletes: ["mine"],
      }),
      'no provider "mine"',
    ],
    [
      "a setting this version does not have",
      plan([
        {
          type: "gadgets.mine.key",
          path: "gadgets.mine.key",
          ref: tokenTarget.ref,
        },
      ]),
      "gadgets",
    ],
  ]
  test.each(cases)("%s", async (_, bad, message) => {
    using home = instance(files, env)
    expect(home.apply(bad)).rejects.toThrow(message)
    await home.apply(bad).catch(() => undefined)
    expect(home.read("fased.json")).toBe(config)
    expect(home.has("fased.json.bak")).toBe(false)
  })
})

test("of .env only the lines go whose secret moved and which nothing reads", async () => {
  using home = instance(
    {
      ...files,
      ".env": `# keep me\nexport OLD_KEY="${key}" # openai\nTEAM=blue\nOTHER=${other}\nSAME=${token}\n`,
    },
    env,
  )
  const refs = [tokenTarget, { ...keyTarget, ref: { source: "env", id: "SAME_KEY" } }]
  using second = instance(
    { ...files, ".env": `SAME_KEY=${key}\nCOPY=${key}\n` },
    { ...env, SAME_KEY: key },
  )
  await home.apply(both)
  expect(home.read(".env")).toBe(`# keep me\nTEAM=blue\nOTHER=${other}\n`)
  await second.apply(plan(refs))
  expect(second.read(".env")).toBe(`SAME_KEY=${key}\n`)
})

test("scrubEnv: false leaves .env alone", async () => {
  using home = instance({ ...files, ".env": `OLD_KEY=${key}\n` }, env)
  await home.apply(plan([keyTarget], { options: { scrubEnv: false } }))
  expect(home.read(".env")).toBe(`OLD_KEY=${key}\n`)
})

test("every copy of the config loses what moved, and can still be gone back to", async () => {
  const earlier = config.replace("// my settings", `// before ${key}`).replace(key, other)
  using home = instance(
    {
      ...files,
      "fased.json.bak": earlier,
      "fased.json.1234.abcd.tmp": `{ gateway: { auth: { token: "${token}`,
      "config-backups/fased.2026-01-01T00-00-00.000Z.json": config,
      "config-backups/fased.last-good.json": config,
    },
    env,
  )
  await home.apply(both)
  expect(home.holding(token, key, other)).toEqual(["secrets.json"])
  for (const copy of ["fased.json.bak", "config-backups/fased.last-good.json"])
    expect(home.read(copy)).toContain("/gateway/token")
  for (const name of readdirSync(home.paths.state, { recursive: true }) as string[])
    if (statSync(home.path(name)).isFile())
      expect(statSync(home.path(name)).mode & 0o077, name).toBe(0)
})

test("a copy gets the provider its references need", async () => {
  using home = instance({ ...files, "fased.json.bak": config }, env)
  const path = home.path("secrets.json")
  const ref = { source: "file", provider: "vault", id: "/openai" }
  await home.apply(
    plan([{ ...keyTarget, ref }], { providerUpserts: { vault: { source: "file", path } } }),
  )
  expect(home.read("fased.json.bak")).toContain('"vault"')
})

test("keys of an older layout go with the provider they belong to", async () => {
  const profiles = {
    version: 1,
    profiles: {
      "openai:default": { type: "api_key", provider: "openai", key },
      "github:default": { type: "token", provider: "github", token: other },
      "google:me": { type: "oauth", provider: "google", access: "a", refresh: "r", expires: 1 },
    },
  }
  const auth = { openai: { type: "api_key", key }, google: { type: "oauth", refresh: "r" } }
  using home = instance(
    {
      ...files,
      "agents/main/agent/auth-profiles.json": profiles,
      "agents/main/agent/auth.json": auth,
    },
    env,
  )
  await home.apply(plan([keyTarget]))
  expect(JSON.parse(home.read("agents/main/agent/auth-profiles.json"))).toEqual({
    version: 1,
    profiles: {
      ...profiles.profiles,
      "openai:default": { type: "api_key", provider: "openai", keyRef: keyTarget.ref },
    },
  })
  expect(JSON.parse(home.read("agents/main/agent/auth.json"))).toEqual({ google: auth.google })
})

test("a file that cannot be replaced puts everything back", async () => {
  using home = instance(
    { ...files, ".env": `OLD_KEY=${key}\n`, "auth.json": { openai: { key } } },
    env,
  )
  const write: typeof writeFileAtomic = (path, text) => {
    if (String(path).endsWith("auth.json")) throw new Error("no space left")
    writeFileAtomic(path, text)
  }
  await expect(home.apply(both, {}, write)).rejects.toThrow(
    "no space left. Everything is as it was.",
  )
  expect(home.read("fased.json")).toBe(config)
  expect(home.read(".env")).toBe(`OLD_KEY=${key}\n`)
})

test("a copy that cannot be cleaned is said, and the config has moved all the same", async () => {
  using home = instance(files, env)
  const write: typeof writeFileAtomic = (path, text) => {
    if (String(path).endsWith(".bak")) throw new Error("read-only")
    writeFileAtomic(path, text)
  }
  const { warnings } = await home.apply(both, {}, write)
  expect(warnings).toEqual([expect.stringContaining("fased.json.bak still holds a secret")])
  expect(home.read("fased.json")).not.toContain(token)
})

test("a config that is a link stays one", async () => {
  using home = instance({ "real/fased.json": config, "secrets.json": files["secrets.json"] }, env)
  symlinkSync(home.path("real/fased.json"), home.path("fased.json"))
  await home.apply(both)
  expect(home.holding(token, key)).toEqual(["secrets.json"])
  expect(home.read("real/fased.json")).toContain("/openai")
})

test("what is left in a comment is said with its line; a differing secret as well", async () => {
  const commented = config.replace("// the door", `// was ${other}`).replace(token, other)
  using home = instance({ ...files, "fased.json": commented }, env)
  const { warnings } = await home.apply(plan([tokenTarget]))
  expect(warnings).toEqual([
    "gateway.auth.token: its reference gives another value than the one it replaces.",
    expect.stringMatching(/still holds a moved secret in line \d+/),
  ])
  expect(warnings.join()).not.toContain(other)
})

test("a variable that only this command has is said: a service would not see it", async () => {
  using home = instance(files, { ...env, SHELL_ONLY: key })
  const ref = { source: "env", id: "SHELL_ONLY" }
  const { warnings } = await home.apply(plan([{ ...keyTarget, ref }]))
  expect(warnings).toEqual([
    expect.stringContaining("SHELL_ONLY was found in the environment of this"),
  ])
})

test("a secret in an included file moves there, in place", async () => {
  const part = `// shared\n{ providers: { openai: { apiKey: "${key}" } } }\n`
  using home = instance({
    "fased.json": `{ "models": { "$include": "./models.json5" }, "gateway": { "auth": { "token": "${token}" } } }`,
    "models.json5": part,
    "secrets.json": files["secrets.json"],
  })
  const { changedFiles } = await home.apply(both)
  expect(changedFiles).toContain(join(home.paths.state, "models.json5"))
  expect(home.read("models.json5")).toContain("// shared")
  expect(home.read("models.json5")).toContain("/openai")
  expect(home.read("fased.json")).not.toContain("/openai")
  expect(home.holding(token, key)).toEqual(["secrets.json"])
})
