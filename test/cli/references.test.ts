import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { commandLine } from "../support/command-line.ts"
import { startFakeGateway } from "../support/fake-gateway.ts"

const token = "kept-elsewhere-0123456789abcdef"
const methods = {
  health: () => ({ ok: true }),
  status: () => ({ model: { default: "fased/guide" } }),
  "doctor.run": () => ({ ok: true, checked: 1, skipped: [], findings: [] }),
}

const pointing = (port: number, ref: unknown, more: object = {}) => ({
  gateway: { mode: "local", port, auth: { mode: "token", token: ref } },
  ...more,
})

const helper = (folder: string) => {
  const path = join(folder, "helper")
  const answer = JSON.stringify({ protocolVersion: 1, values: { token } })
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\n`, { mode: 0o700 })
  return path
}

const ways = [
  ["a variable", () => ({ source: "env", id: "MY_TOKEN" }), () => ({})],
  [
    "a file",
    (home: string) => {
      writeFileSync(join(home, ".fased/secrets.json"), JSON.stringify({ token }), { mode: 0o600 })
      return { source: "file", id: "/token" }
    },
    () => ({}),
  ],
  [
    "a command",
    () => ({ source: "exec", provider: "safe", id: "token" }),
    (home: string) => ({
      secrets: { providers: { safe: { source: "exec", command: helper(home) } } },
    }),
  ],
] as const

test.each(ways)("commands sign in with a token that is kept in %s", async (_, ref, more) => {
  await using gateway = startFakeGateway({ token, methods })
  using cli = commandLine()
  // Nothing else may take its place, and what is wrong elsewhere is no obstacle.
  const config = pointing(gateway.port, ref(cli.home), { nonsense: true, ...more(cli.home) })
  cli.writeConfig(JSON.stringify(config))
  const env = { MY_TOKEN: token, FASED_GATEWAY_TOKEN: "an-older-token-0123456789abcdef" }
  for (const args of [
    ["gateway", "call", "health"],
    ["status"],
    ["gateway", "status"],
    ["doctor"],
  ]) {
    const { out, err } = await cli.fased(args, { env })
    expect(`${args.join(" ")}: ${out}${err}`).not.toContain(token)
    expect(gateway.connects.at(-1)).toMatchObject({ auth: { token } })
  }
  expect(gateway.connects).toHaveLength(4)
  const { out } = await cli.fased(["dashboard", "--no-open"], { env })
  expect(out.trim()).toEndWith(`#token=${token}`)
})

test("a token that cannot be fetched is told of, and no other is shown to the gateway", async () => {
  await using gateway = startFakeGateway({ token, methods })
  using cli = commandLine(pointing(gateway.port, { source: "env", id: "MY_TOKEN" }))
  const env = { FASED_GATEWAY_TOKEN: token }
  const told =
    "gateway.auth.token (env:default:MY_TOKEN): the environment variable MY_TOKEN is not set"
  const call = await cli.fased(["gateway", "call", "health"], { env })
  expect(call).toMatchObject({ code: 1, out: "" })
  expect(call.err).toContain(told)
  const dashboard = await cli.fased(["dashboard", "--no-open"], { env })
  expect(dashboard).toMatchObject({ code: 1, out: "" })
  expect(dashboard.err).toContain(told)
  for (const args of [["status"], ["gateway", "status"]]) {
    const { code, out } = await cli.fased(args, { env })
    expect(code).toBe(0)
    expect(out).toContain(told)
  }
  const json = JSON.parse((await cli.fased(["gateway", "status", "--json"], { env })).out)
  expect(json).toMatchObject({ rpc: { ok: false, reachable: false } })
  expect(gateway.connects).toEqual([])
})

test.each([
  [{ source: "nowhere", id: "x" }, "must be text, or a reference"],
  [{ source: "env", id: "not-a-name" }, "needs an id that is the name of an environment variable"],
  [["a", "list"], "must be text, or a reference"],
])("%o where the token belongs is a mistake, not a missing token", async (ref, told) => {
  await using gateway = startFakeGateway({ token, methods })
  using cli = commandLine(pointing(gateway.port, ref))
  const { code, err } = await cli.fased(["gateway", "call", "health"], {
    env: { FASED_GATEWAY_TOKEN: token },
  })
  expect(code).toBe(1)
  expect(err).toContain(told)
  expect(gateway.connects).toEqual([])
})

test("a mistake among the providers is told as what it is", async () => {
  await using gateway = startFakeGateway({ token, methods })
  const secrets = { providers: { safe: { source: "exec", command: "helper" } } }
  using cli = commandLine(
    pointing(gateway.port, { source: "exec", provider: "safe", id: "token" }, { secrets }),
  )
  const { code, err } = await cli.fased(["gateway", "call", "health"])
  expect(code).toBe(1)
  expect(err).toContain("secrets.providers.safe.command")
})

/** A port where nothing listens. */
const closedPort = () => {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}
const keyRef = { source: "env", id: "MY_KEY" }
const withKey = (ref: unknown) =>
  pointing(
    closedPort(),
    { source: "env", id: "MY_TOKEN" },
    { models: { providers: { openai: { apiKey: ref } } } },
  )

test("doctor without a gateway fetches what the config refers to, and then checks everything", async () => {
  using cli = commandLine(withKey(keyRef))
  const env = { MY_TOKEN: token, MY_KEY: "sk-kept-elsewhere" }
  const { code, out, err } = await cli.fased(["doctor", "--json"], { env })
  const report = JSON.parse(out)
  expect({ code, err, skipped: report.skipped }).toEqual({ code: 0, err: "", skipped: [] })
  expect(report.findings.map(({ id }: { id: string }) => id)).not.toContain("models.connected")
  expect(out).not.toMatch(/kept-elsewhere/)
})

test("doctor names every secret that cannot be fetched once, and checks nothing that needs one", async () => {
  using cli = commandLine(withKey(keyRef))
  const { code, out } = await cli.fased(["doctor", "--json"])
  const { findings, skipped } = JSON.parse(out)
  expect(code).toBe(1)
  const errors = findings.filter(({ severity }: { severity: string }) => severity === "error")
  expect(errors).toMatchObject([{ id: "secrets.resolvable", severity: "error" }])
  expect(errors[0].explain).toContain("gateway.auth.token (env:default:MY_TOKEN)")
  expect(errors[0].explain).toContain("models.providers.openai.apiKey (env:default:MY_KEY)")
  expect(skipped.map(({ id }: { id: string }) => id)).toContain("gateway.startable")
})

test("one secret out of reach keeps doctor from looking at nothing but its own section", async () => {
  const look = async (config: unknown, env: Record<string, string>) => {
    using cli = commandLine(config)
    const { out } = await cli.fased(["doctor", "--json"], { env })
    const { findings, skipped } = JSON.parse(out)
    const ids = (list: { id: string }[]) => list.map(({ id }) => id)
    return { found: ids(findings), skipped: ids(skipped), because: skipped }
  }
  const key = await look(withKey(keyRef), { MY_TOKEN: "short" })
  expect(key.found).toEqual(expect.arrayContaining(["secrets.resolvable", "gateway.guarded"]))
  expect(key.skipped.toSorted()).toEqual([
    "gateway.startable",
    "models.assigned-known",
    "models.connected",
    "models.default-usable",
  ])
  expect(key.because).toContainEqual(
    expect.objectContaining({ id: "models.connected", because: "secrets.resolvable" }),
  )
  const own = await look(withKey(keyRef), { MY_KEY: "sk-kept-elsewhere" })
  expect(own.skipped).toContain("gateway.startable")
  expect(own.skipped.filter((id) => id.startsWith("models."))).toEqual([])
})

test("the audit judges secrets that are kept elsewhere, and says when it could not", async () => {
  using cli = commandLine(withKey(keyRef))
  const ids = async (env: Record<string, string>) => {
    const { out, err } = await cli.fased(["security", "audit", "--json"], { env })
    expect(err).toBe("")
    return JSON.parse(out).findings.map(({ checkId }: { checkId: string }) => checkId)
  }
  const short = await ids({ MY_TOKEN: "sixteen-letters!", MY_KEY: "sk-kept-elsewhere" })
  expect(short).toContain("gateway.token_too_short")
  expect(short).not.toContain("config.secrets.plaintext")
  const missing = await ids({})
  expect(missing).toContain("secrets.unresolved")
  expect(missing).not.toContain("gateway.token_too_short")
})
