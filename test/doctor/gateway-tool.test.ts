import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import fc from "fast-check"
import { closedChanges } from "../../src/doctor/agent-changes.ts"
import { testToken } from "../support/gateway.ts"
import { startToolUse } from "../support/tool-use.ts"

const start = async () => {
  const restarts: string[] = []
  const runner = { check: () => {}, begin: (reason: string) => void restarts.push(reason) }
  const use = await startToolUse({ logging: { level: "info" } }, { runner })
  const fileText = () => readFileSync(use.gateway.paths.config, "utf8")
  return { ...use, fileText, restarts }
}

test("the gateway tool shows the settings without secrets, and what may be set", async () => {
  await using tool = await start()
  const shown = await tool.use("gateway", { action: "config.get" })
  expect(shown.isError).toBe(false)
  expect(shown.text).toContain('"hash"')
  expect(shown.text).not.toContain(testToken)
  const lookup = await tool.use("gateway", {
    action: "config.schema.lookup",
    path: "logging.level",
  })
  expect(lookup.text).toContain('"enum"')
  expect((await tool.use("gateway", { action: "status" })).text).toContain('"version"')
})

test("an agent may change how it answers, and the gateway restarts with it", async () => {
  await using tool = await start()
  const raw = "{ agents: { defaults: { timeoutSeconds: 700, model: 'fake/fake-1' } } }"
  const changed = await tool.use("gateway", { action: "config.patch", raw, note: "Done." })
  expect(changed.text).toContain('"sessionKey":"agent:main:main"')
  expect(tool.fileText()).toContain("700")
})

describe("N094 what is the operator's stays the operator's, in whatever shape it is asked for", () => {
  const patches: [string, string][] = [
    ["a secret", "{ gateway: { auth: { token: 'mine-0123456789abcdef0123456789abcdef' } } }"],
    ["no auth", "{ gateway: { auth: null } }"],
    ["the whole section gone", "{ gateway: null }"],
    ["another address", "{ gateway: { bind: 'lan' } }"],
    ["tools", "{ tools: { profile: 'full' } }"],
    ["tools by an empty list", "{ tools: { deny: [] , exec: { security: 'full' } } }"],
    ["tools of an agent", "{ agents: { list: [{ id: 'main', tools: { profile: 'full' } }] } }"],
    ["an agent beside", "{ agents: { list: [{ id: 'main' }, { id: 'other' }] } }"],
    [
      "where the model's key goes",
      "{ models: { providers: { fake: { baseUrl: 'https://evil.test' } } } }",
    ],
    ["the environment", "{ env: { vars: { PATH: '/evil' } } }"],
    ["where updates come from", "{ update: { baseUrl: 'https://evil.test' } }"],
    ["the workspace", "{ agents: { defaults: { workspace: '/' } } }"],
    ["the log's redaction", "{ logging: { redactSensitive: 'off' } }"],
    ["one along with what it may", "{ logging: { level: 'debug' }, tools: { profile: 'full' } }"],
    ["a file to include", "{ $include: '/etc/evil.json5' }"],
  ]
  test("by a patch", async () => {
    await using tool = await start()
    const before = tool.fileText()
    for (const [what, raw] of patches) {
      const { text, isError } = await tool.use("gateway", { action: "config.patch", raw })
      expect(isError, `${what}: ${text}`).toBe(true)
      expect(tool.fileText(), what).toBe(before)
    }
    expect(tool.restarts).toEqual([])
  })

  test("by a whole file", async () => {
    await using tool = await start()
    const before = tool.fileText()
    const { hash } = (await tool.gateway.client.request("config.get", {})) as { hash: string }
    const whole = JSON.parse(before)
    for (const raw of [
      JSON.stringify({ ...whole, tools: { profile: "full" } }),
      JSON.stringify({ ...whole, gateway: { ...whole.gateway, auth: { mode: "none" } } }),
      "{}",
    ]) {
      const given = { action: "config.apply", raw, baseHash: hash }
      expect((await tool.use("gateway", given)).isError).toBe(true)
      expect(tool.fileText()).toBe(before)
    }
    const fine = JSON.stringify({ ...whole, logging: { level: "warn" } })
    const taken = await tool.use("gateway", { action: "config.apply", raw: fine, baseHash: hash })
    expect(taken.text).toContain('"reason":"config.apply"')
    expect(tool.fileText()).toBe(fine)
  })

  test("by any pair of files: whatever differs outside of what is open is named", () => {
    const leaf = fc.constantFrom<unknown>("a", "b", null, 1, ["x"], undefined)
    const group = fc.dictionary(fc.constantFrom("profile", "deny", "allow"), leaf, { maxKeys: 2 })
    fc.assert(
      fc.property(group, group, leaf, leaf, (before, after, level, other) => {
        const closed = closedChanges(
          { tools: before, logging: { level } },
          { tools: after, logging: { level: other } },
        )
        const plain = (value: object) =>
          JSON.stringify(
            Object.entries(value)
              .filter(([, v]) => v !== undefined)
              .sort(),
          )
        expect(closed.length > 0).toBe(plain(before) !== plain(after))
        expect(closed.every((path) => path.startsWith("tools"))).toBe(true)
      }),
    )
  })
})

test("a restart is asked for with what is to be told afterwards, and is on record", async () => {
  await using tool = await start()
  const answer = await tool.use("gateway", { action: "restart", delayMs: 600_000, note: "Back." })
  expect(JSON.parse(answer.text)).toMatchObject({ delayMs: expect.any(Number) })
  await tool.gateway.stop()
  expect(readFileSync(tool.gateway.running.logFile, "utf8")).toContain("gateway tool: restart")
})
