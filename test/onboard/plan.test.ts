import { expect, test } from "bun:test"
import type { Answers } from "../../src/onboard/answers.ts"
import { noteChanges, planChanges } from "../../src/onboard/plan.ts"

const newToken = () => "a-new-random-token"
const plan = (answers: Answers, composed: Record<string, unknown> = {}, guarded = false) =>
  Object.fromEntries(
    planChanges(answers, { composed, state: "/state", guarded, newToken }).map(
      ({ path, value }) => [path.join("."), value],
    ),
  )

test("an empty config becomes a local gateway with a token, and nothing that is the default anyway", () => {
  expect(
    plan({ mode: "local", gateway: { bind: "loopback", tailscale: "off" }, workspace: undefined }),
  ).toEqual({
    "gateway.mode": "local",
    "gateway.auth.mode": "token",
    "gateway.auth.token": "a-new-random-token",
  })
})

test("what the config says already is not written again", () => {
  const composed = {
    gateway: { mode: "local", port: 4000, auth: { mode: "token", token: "its own" } },
    agents: { defaults: { model: "openai/gpt-5.5", workspace: "/srv/agent" } },
    models: { providers: { openai: { apiKey: "sk-1" } } },
  }
  const answers: Answers = {
    mode: "local",
    workspace: "/srv/agent",
    gateway: { port: 4000, auth: "token" },
    model: { provider: "openai", model: "gpt-5.5", key: { keep: "config", value: "sk-1" } },
  }
  expect(plan(answers, composed)).toEqual({})
})

const guards: [string, Record<string, unknown>, boolean][] = [
  ["a password", { gateway: { mode: "local", auth: { password: "a long enough one" } } }, false],
  ["a proxy", { gateway: { mode: "local", auth: { mode: "trusted-proxy" } } }, false],
  [
    "a token elsewhere",
    { gateway: { mode: "local", auth: { token: { source: "env", id: "T" } } } },
    false,
  ],
  ["the environment", { gateway: { mode: "local" } }, true],
]
for (const [what, composed, guarded] of guards)
  test(`a gateway guarded by ${what} gets no token besides`, () => {
    expect(plan({ mode: "local" }, composed, guarded)).toEqual({})
  })

test("a password is set with its mode, and then no token is made", () => {
  expect(
    plan({ mode: "local", gateway: { auth: "password", password: "long-enough-to-keep" } }),
  ).toEqual({
    "gateway.mode": "local",
    "gateway.auth.mode": "password",
    "gateway.auth.password": "long-enough-to-keep",
  })
})

test("a client of a gateway elsewhere gets no token of its own", () => {
  expect(plan({ mode: "remote", remote: { url: "wss://there", token: "theirs" } })).toEqual({
    "gateway.mode": "remote",
    "gateway.remote.url": "wss://there",
    "gateway.remote.token": "theirs",
  })
})

const kept: [string, NonNullable<Answers["model"]>["key"], unknown][] = [
  ["in the config as it is", { keep: "config", value: "sk-1" }, "sk-1"],
  [
    "as the name of a variable",
    { keep: "env", value: "sk-1", variable: "MY_KEY" },
    { source: "env", id: "MY_KEY" },
  ],
  [
    "as a place in the file of secrets",
    { keep: "file", value: "sk-1" },
    { source: "file", provider: "default", id: "/models/providers/openai/apiKey" },
  ],
  ["not at all where it is found anyway", { keep: "as-is", value: "sk-1" }, undefined],
]
for (const [how, key, value] of kept)
  test(`a key is written ${how}`, () => {
    const changes = plan({ model: { provider: "openai", model: "gpt-5.5", key } })
    expect(changes["models.providers.openai.apiKey"]).toEqual(value)
    expect(changes["agents.defaults.model"]).toBe("openai/gpt-5.5")
    if (key?.keep !== "config") expect(JSON.stringify(changes)).not.toContain("sk-1")
  })

test("fallbacks stay when the model is changed", () => {
  const composed = { agents: { defaults: { model: { primary: "a/b", fallbacks: ["c/d"] } } } }
  expect(plan({ model: { provider: "ollama", model: "llama3.2" } }, composed)).toEqual({
    "agents.defaults.model.primary": "ollama/llama3.2",
  })
})

test("the setup notes a run that changed something, and the first one in any case", () => {
  const note = {
    at: "2026-11-22T20:00:00.000Z",
    version: "1.0.0",
    command: "onboard",
    mode: "local",
  } as const
  const change = { path: ["gateway", "port"], value: 1 }
  const names = (changes: Parameters<typeof noteChanges>[0], composed: Record<string, unknown>) =>
    noteChanges(changes, composed, note).map(({ path }) => path[1])
  const all = ["lastRunAt", "lastRunVersion", "lastRunCommand", "lastRunMode"]
  expect(names([], {})).toEqual(all)
  expect(names([change], { wizard: {} })).toEqual(all)
  expect(names([], { wizard: {} })).toEqual([])
})
