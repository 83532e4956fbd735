import { expect, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { edit, set } from "../../src/config/change-methods.ts"
import { get } from "../../src/config/methods.ts"
import { redacted } from "../../src/config/redact.ts"
import { startGateway, testToken } from "../support/gateway.ts"

const refusal = (id: string) => ({ data: { error: { details: { code: id } } } })

const startWritten = async () => {
  const gateway = await startGateway()
  const text = () => readFileSync(gateway.paths.config, "utf8")
  // As a person would write it, comments and all.
  writeFileSync(gateway.paths.config, text().replace("{", "{\n  // who answers\n"))
  await gateway.running.reload()
  const { hash } = await gateway.client.call(get, {})
  return { ...gateway, text, hash }
}

test("config.edit changes what is named, keeps comments and secrets, and counts at once", async () => {
  await using gateway = await startWritten()
  const answer = await gateway.client.call(edit, {
    edits: [
      { path: ["logging", "level"], value: "debug" },
      { path: ["gateway", "auth", "token"], value: redacted },
      { path: ["agents", "list"], value: [{ id: "ada", default: true }] },
    ],
    baseHash: gateway.hash,
  })
  expect(answer.applied).toContain("logging.level")
  expect(answer.changes.map(({ path, after, reload }) => ({ path, after, reload }))).toEqual([
    { path: "agents.list", after: [{ id: "ada", default: true }], reload: "live" },
    { path: "logging.level", after: "debug", reload: "live" },
  ])
  expect(gateway.text()).toContain("// who answers")
  expect(gateway.text()).toContain(testToken)
  const { changes } = await gateway.client.call(edit, {
    edits: [{ path: ["logging", "level"] }],
    baseHash: answer.hash,
  })
  expect(changes).toEqual([{ path: "logging.level", before: "debug", reload: "live" }])
  expect(gateway.text()).not.toContain("debug")
})

test("a dry run says what would change and when it counts, and writes nothing", async () => {
  await using gateway = await startWritten()
  const before = gateway.text()
  const { client, hash: baseHash } = gateway
  const edits = [{ path: ["gateway", "port"], value: 19_100 }]
  const told = await client.call(edit, { edits, baseHash, dryRun: true })
  expect(told.changes).toEqual([{ path: "gateway.port", after: 19_100, reload: "process" }])
  expect(told.applied).toEqual([])
  const { raw } = await client.call(get, {})
  const replaced = await client.call(set, {
    raw: raw!.replace('"skipBootstrap":true', '"skipBootstrap":false'),
    baseHash,
    dryRun: true,
  })
  expect(replaced.changes).toEqual([
    { path: "agents.defaults.skipBootstrap", before: true, after: false, reload: "live" },
  ])
  await expect(
    client.call(set, { raw: '{ logging: { level: "loud" } }', baseHash, dryRun: true }),
  ).rejects.toThrow('"loud"')
  expect(gateway.text()).toBe(before)
})

test("config.edit refuses what is unknown, stale or forbidden, and changes nothing", async () => {
  await using gateway = await startWritten()
  const before = gateway.text()
  const { client, hash: baseHash } = gateway
  const ask = (path: string[], value: unknown, hash?: string) =>
    client.call(edit, { edits: [{ path, value }], baseHash: hash })
  await expect(ask(["logging", "level"], "debug")).rejects.toMatchObject(
    refusal("config.base-hash-needed"),
  )
  await expect(ask(["logging", "level"], "debug", "old")).rejects.toMatchObject(
    refusal("config.stale-hash"),
  )
  await expect(ask(["loging", "level"], "debug", baseHash)).rejects.toMatchObject(
    refusal("config.unknown-path"),
  )
  await expect(ask(["logging", "level"], 7, baseHash)).rejects.toThrow("logging.level")
  await expect(ask(["__proto__", "x"], 7, baseHash)).rejects.toMatchObject(
    refusal("config.bad-path"),
  )
  await expect(ask(["gateway", "auth", "token"], "${HOME}", baseHash)).rejects.toThrow()
  expect(gateway.text()).toBe(before)
})
