import { expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { systemClock } from "../../src/kernel/clock.ts"
import { secrets as section } from "../../src/secrets/config.ts"
import { unresolved } from "../../src/secrets/faults.ts"
import { createFetch } from "../../src/secrets/fetch.ts"
import { vault } from "./sample.ts"

const exec = (command: string) => ({ source: "exec" as const, command })
const refs = (count: number, provider = "safe") =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `path${at}`,
      { source: "exec" as const, provider, id: `id/${at}` },
    ]),
  )

test("512 different secrets are one call of a command; what is asked for twice counts once", async () => {
  using here = vault()
  const echo = here.echoing("echo")
  const again = { source: "exec" as const, provider: "safe", id: "id/0" }
  const { secrets, failures } = await here.resolve(
    { ...refs(512), again },
    { providers: { safe: exec(echo) } },
  )
  expect(failures).toEqual([])
  expect(Object.keys(secrets)).toHaveLength(513)
  expect(secrets).toMatchObject({ path511: "value-of-id/511", again: "value-of-id/0" })
})

test("a provider that would be asked for more than it may be is not asked", async () => {
  using here = vault()
  const { secrets, failures } = await here.resolve(
    { ...refs(513), fine: { source: "env", id: "MY_KEY" } },
    { providers: { safe: exec(here.echoing("echo")) } },
    { MY_KEY: "sesame" },
  )
  expect(secrets).toEqual({ fine: "sesame" })
  expect(failures).toHaveLength(513)
  expect(failures[0]!.reason).toContain("would be asked for 513 secrets; 512 are allowed")
})

test("ids that do not fit one request go in several, none longer than the limit", async () => {
  using here = vault()
  const command = here.file(
    "sizes",
    `#!${process.execPath}
import { mkdtempSync, writeFileSync } from "node:fs"
const text = await Bun.stdin.text()
writeFileSync(mkdtempSync("${here.folder}/call-") + "/size", String(text.length))
const values = Object.fromEntries(JSON.parse(text).ids.map((id) => [id, "v-" + id]))
console.log(JSON.stringify({ protocolVersion: 1, values }))
`,
    0o700,
  )
  const { secrets } = await here.resolve(refs(300), {
    providers: { safe: exec(command) },
    resolution: { maxBatchBytes: 1_024 },
  })
  expect(Object.keys(secrets)).toHaveLength(300)
  const calls = readdirSync(here.folder).filter((name) => name.startsWith("call-"))
  const sizes = await Promise.all(
    calls.map(async (call) => Number(await Bun.file(join(here.folder, call, "size")).text())),
  )
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_024)
  expect(sizes.length).toBe(Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1_024))
})

test("no more providers work side by side than are allowed, and they do work side by side", async () => {
  using here = vault()
  // Each notes how many are at work, waits until as many as may be were seen together, and leaves.
  const command = here.file(
    "crowd",
    `#!${process.execPath}
import { mkdirSync, readdirSync, rmdirSync, appendFileSync, readFileSync } from "node:fs"
const { provider } = await Bun.stdin.json()
const room = "${here.folder}/room"
mkdirSync(room, { recursive: true })
mkdirSync(room + "/" + provider)
const log = "${here.folder}/seen"
const most = () => Math.max(...readFileSync(log, "utf8").trim().split("\\n").map(Number))
do { appendFileSync(log, readdirSync(room).length + "\\n") } while (most() < 2)
rmdirSync(room + "/" + provider)
console.log(JSON.stringify({ protocolVersion: 1, values: { it: provider } }))
`,
    0o700,
  )
  const names = ["a", "b", "c", "d", "e"]
  const { secrets, failures } = await here.resolve(
    Object.fromEntries(
      names.map((provider) => [provider, { source: "exec" as const, provider, id: "it" }]),
    ),
    {
      providers: Object.fromEntries(names.map((name) => [name, exec(command)])),
      resolution: { maxProviderConcurrency: 2 },
    },
  )
  expect(failures).toEqual([])
  expect(secrets).toEqual(Object.fromEntries(names.map((name) => [name, name])))
  const seen = (await Bun.file(join(here.folder, "seen")).text()).trim().split("\n").map(Number)
  expect(Math.max(...seen)).toBe(2)
})

test.each([
  ["exec", undefined, {}, 'there is no provider "default"'],
  ["env", "mine", {}, 'there is no provider "mine"'],
  ["env", "constructor", {}, 'there is no provider "constructor"'],
  ["exec", "mine", { mine: { source: "env" } }, "is of source env, not exec"],
] as const)(
  "an %s reference to the provider %p of %o has none",
  async (source, provider, providers, reason) => {
    using here = vault()
    const ref = { source, id: source === "env" ? "MY_KEY" : "it", ...(provider && { provider }) }
    const { failures } = await here.resolve({ a: ref }, { providers }, { MY_KEY: "sesame" })
    expect(failures[0]?.reason).toContain(reason)
  },
)

test("references that name no provider mean the default one of their source", async () => {
  using here = vault()
  here.file("box.json", `{"key":"from the box"}`)
  const { secrets } = await here.resolve(
    {
      a: { source: "env", id: "MY_KEY" },
      b: { source: "file", id: "/key" },
      c: { source: "exec", id: "it" },
    },
    {
      providers: {
        few: { source: "env", allowlist: ["MY_KEY"] },
        box: { source: "file", path: "~/box.json" },
        safe: exec(here.echoing("echo")),
      },
      defaults: { env: "few", file: "box", exec: "safe" },
    },
    { MY_KEY: "sesame" },
  )
  expect(secrets).toEqual({ a: "sesame", b: "from the box", c: "value-of-it" })
})

test("fetching gives all or tells of everything that is missing, and never a value", async () => {
  using here = vault()
  const env = { GOOD: "sesame" }
  const fetch = createFetch({
    env,
    clock: systemClock,
    paths: { home: here.folder, state: here.folder },
  })
  const good = { path: "good", ref: { source: "env" as const, id: "GOOD" } }
  const bad = { path: "bad", ref: { source: "env" as const, id: "BAD" } }
  const worse = { path: "worse", ref: { source: "file" as const, id: "/none" } }
  const config = section.schema.parse({})
  expect(await fetch([good], config)).toEqual(new Map([["good", "sesame"]]))
  const error = await fetch([worse, good, bad], config).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!unresolved.is(error)) throw error
  expect(error.message).toBe(
    "2 secrets could not be fetched:" +
      `\n  - worse (file:default:/none): there is no file ${here.folder}/secrets.json; make it, with mode 600` +
      `\n  - bad (env:default:BAD): the environment variable BAD is not set; set it for the gateway, or in ${here.folder}/.env`,
  )
  expect(JSON.stringify(error.toWire())).not.toContain("sesame")
})
