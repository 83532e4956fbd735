import { expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createSettings } from "../../src/config/create.ts"
import type { Answers } from "../../src/onboard/answers.ts"
import { applyAnswers } from "../../src/onboard/apply.ts"
import { sections } from "../../src/registry.ts"

const note = { at: "2026-11-22T20:00:00.000Z", version: "1.0.0", command: "onboard" }

const instance = (text?: string, name = "fased.json") => {
  const state = mkdtempSync(join(tmpdir(), "fased-onboard-"))
  const config = join(state, name)
  if (text !== undefined) writeFileSync(config, text)
  return {
    state,
    config,
    read: (file = name) => readFileSync(join(state, file), "utf8"),
    mode: (file: string) => statSync(join(state, file)).mode & 0o777,
    async apply(answers: Answers, env: Record<string, string> = {}) {
      const fetchSecrets = () => Promise.reject(new Error("nothing is fetched here"))
      const settings = await createSettings({
        paths: { config, state },
        env,
        sections,
        fetchSecrets,
      })
      return applyAnswers(answers, { settings, env, paths: { state }, note, prove: () => {} })
    },
    [Symbol.dispose]: () => rmSync(state, { recursive: true, force: true }),
  }
}

for (const name of ["fased.json", "fased.yaml"])
  test(`a first ${name} says what its settings are for, and comes in one write`, async () => {
    using home = instance(undefined, name)
    const made = await home.apply({ mode: "local", gateway: { port: 4000 } })
    expect(made).toMatchObject({ created: true, changed: ["gateway.port"] })
    expect(home.read()).toContain("Whoever has this token is in charge here")
    expect(home.read()).toMatch(/token: "[0-9a-f]{64}"/)
    expect(home.mode(name)).toBe(0o600)
  })

test("the same answers again leave every byte as it is", async () => {
  using home = instance()
  const answers: Answers = {
    mode: "local",
    gateway: { port: 4000, bind: "loopback", auth: "token" },
    workspace: "/srv/agent",
    model: { provider: "openai", model: "gpt-5.5", key: { keep: "config", value: "sk-1" } },
  }
  await home.apply(answers)
  const before = home.read()
  expect(await home.apply(answers)).toEqual({ created: false, changed: [] })
  expect(home.read()).toBe(before)
})

test("what somebody wrote stays, comments and all, and only the answer changes", async () => {
  const text = `// mine
{
  gateway: { mode: "local", auth: { token: "a-token-of-mine-0123456789" } }, // keep
  agents: { defaults: { model: "openai/gpt-5.5" } },
  wizard: {},
}
`
  using home = instance(text)
  const { changed } = await home.apply({
    mode: "local",
    model: { provider: "ollama", model: "llama3.2" },
  })
  expect(changed).toEqual(["agents.defaults.model"])
  const after = home.read()
  expect(after).toContain("// mine")
  expect(after).toContain("// keep")
  expect(after).toContain("a-token-of-mine-0123456789")
  expect(after).toContain('model: "ollama/llama3.2"')
})

test("a key for the file of secrets goes there, closed to others, beside what it holds", async () => {
  using home = instance("{}")
  writeFileSync(join(home.state, "secrets.json"), '{"github":{"token":"ghp-1"}}')
  await home.apply({
    mode: "local",
    model: { provider: "openai", model: "gpt-5.5", key: { keep: "file", value: "sk-1" } },
  })
  expect(JSON.parse(home.read("secrets.json"))).toEqual({
    github: { token: "ghp-1" },
    models: { providers: { openai: { apiKey: "sk-1" } } },
  })
  expect(home.mode("secrets.json")).toBe(0o600)
  expect(home.read()).not.toContain("sk-1")
})

const refused: Answers = {
  mode: "local",
  gateway: { port: 70_000 },
  model: { provider: "openai", model: "gpt-5.5", key: { keep: "file", value: "sk-1" } },
}

test("when the config refuses an answer, the key is taken back too", async () => {
  using home = instance("{}")
  await expect(home.apply(refused)).rejects.toMatchObject({ code: "config.bad-value" })
  expect(home.read()).toBe("{}")
  expect(() => home.read("secrets.json")).toThrow()
  writeFileSync(join(home.state, "secrets.json"), "{}")
  await expect(home.apply(refused)).rejects.toMatchObject({ code: "config.bad-value" })
  expect(JSON.parse(home.read("secrets.json"))).toEqual({})
})

test("a file of secrets that cannot be read is not overwritten", async () => {
  using home = instance("{}")
  writeFileSync(join(home.state, "secrets.json"), "{ broken")
  const key = { keep: "file", value: "sk-1" } as const
  await expect(
    home.apply({ mode: "local", model: { provider: "openai", model: "gpt-5.5", key } }),
  ).rejects.toMatchObject({ code: "secrets.store-unusable" })
  expect(home.read("secrets.json")).toBe("{ broken")
  expect(home.read()).toBe("{}")
})

test("an invalid config is not set up over", async () => {
  using home = instance('{ gateway: { port: "many" } }')
  await expect(home.apply({ mode: "local" })).rejects.toMatchObject({ code: "config.invalid" })
  expect(home.read()).toBe('{ gateway: { port: "many" } }')
})
