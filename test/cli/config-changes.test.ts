import { expect, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { writeFileAtomic } from "../../src/store/files.ts"
import { commandLine } from "../support/command-line.ts"
import { startGateway, testToken } from "../support/gateway.ts"

const commented = `{
  // mine
  gateway: {
    mode: "local",
    auth: { token: "cli-test-token-0123456789" },
    port: 19123, // the usual one
  },
}
`
const lineWith = (text: string) => {
  const line = commandLine()
  line.writeConfig(text)
  return { ...line, text: () => readFileSync(line.configFile, "utf8") }
}

test("config patch takes its patch as an argument, from a file and from stdin", async () => {
  using line = lineWith(commented)
  const patched = await line.fased([
    "config",
    "patch",
    "{ gateway: { port: 19124, bind: 'auto' } }",
  ])
  expect(patched.out).toBe('gateway.port: 19123 → 19124\ngateway.bind: not set → "auto"\n')
  writeFileSync(join(line.home, "p.json5"), "{ gateway: { bind: null } } // off again")
  const file = await line.fased(["config", "patch", "--file", join(line.home, "p.json5")])
  expect(file.out).toBe('gateway.bind: "auto" → not set\n')
  const stdin = await line.fased(["config", "patch", "--json"], {
    stdin: "{ gateway: { port: 19123 } }",
  })
  expect(JSON.parse(stdin.out)).toMatchObject({
    ok: true,
    changes: [{ path: "gateway.port", before: 19124, after: 19123 }],
  })
  expect(line.text()).toBe(commented)
  const again = await line.fased(["config", "patch", "{ gateway: { port: 19123 } }"])
  expect(again.out).toContain("nothing was changed")
}, 30_000)

test("config patch writes all of it or nothing", async () => {
  using line = lineWith(commented)
  for (const [patch, code] of [
    ["{ gateway: { port: 19124, bind: 'nowhere' } }", 1],
    ["{ gateway: { port: 19124 }, nonsense: {} }", 1],
    ["port = 5", 1],
  ] as const) {
    const ran = await line.fased(["config", "patch", patch])
    expect({ patch, code: ran.code, out: ran.out }).toEqual({ patch, code, out: "" })
  }
  expect((await line.fased(["config", "patch", "{}", "--file", "x"])).code).toBe(2)
  expect(line.text()).toBe(commented)
}, 30_000)

test("config diff shows what the last change was, and never a secret", async () => {
  using line = lineWith(commented)
  const none = await line.fased(["config", "diff"])
  expect(none.code).toBe(1)
  expect(none.err).toContain("No earlier version of the config is kept yet.")
  await line.fased(["config", "set", "gateway.port", "19124"])
  await line.fased(["config", "set", "gateway.auth.token", "another-secret-token-9876543210"])
  const { code, out } = await line.fased(["config", "diff"])
  expect(code).toBe(0)
  expect(out).toContain("gateway.auth.token\n  - (secret)\n  + (secret)\n")
  const { versions } = JSON.parse((await line.fased(["config", "undo", "--list", "--json"])).out)
  expect(versions).toHaveLength(2)
  const oldest = await line.fased(["config", "diff", versions[1].name, "--json"])
  expect(JSON.parse(oldest.out).differences).toMatchObject([
    { path: "gateway.auth.token" },
    { path: "gateway.port", before: 19123, after: 19124 },
  ])
  expect(out + oldest.out).not.toMatch(/cli-test-token|another-secret/)
}, 30_000)

test("config undo takes the last change back, and can be undone itself", async () => {
  using line = lineWith(commented)
  await line.fased(["config", "set", "gateway.port", "19124"])
  await line.fased(["config", "set", "gateway.bind", "auto"])
  const changed = line.text()
  const undone = await line.fased(["config", "undo"])
  expect(undone.out).toBe('gateway.bind: "auto" → not set\n')
  expect(undone.err).toContain("fased config undo")
  await line.fased(["config", "undo"])
  expect(line.text()).toBe(changed)
  const list = await line.fased(["config", "undo", "--list"])
  const first = list.out.trim().split("\n").at(-1)!
  expect(first).toContain("differs in gateway.port, gateway.bind")
  await line.fased(["config", "undo", first.split(" ")[0]!])
  expect(line.text()).toBe(commented)
  const unknown = await line.fased(["config", "undo", "nope"])
  expect(unknown.err).toContain("fased config undo --list")
}, 30_000)

test("config undo puts back what a gateway last ran on when the file broke by hand", async () => {
  const good = "{ gateway: { port: 19125 } } // ran\n"
  using line = lineWith("{ gateway: { port: 19123 } }")
  await line.fased(["config", "set", "gateway.port", "19124"])
  writeFileAtomic(join(line.state, "config-backups", "fased.last-good.json"), good)
  writeFileSync(join(line.state, "fased.json"), "{ gateway: { port: 191")
  const list = await line.fased(["config", "undo", "--list"])
  expect(list.out).toStartWith("fased.last-good.json")
  expect((await line.fased(["config", "undo"])).code).toBe(0)
  expect(line.text()).toBe(good)
  // Of a file that can be used, the one before is meant.
  await line.fased(["config", "set", "gateway.port", "19126"])
  await line.fased(["config", "undo"])
  expect(line.text()).toBe(good)
}, 30_000)

test("config undo says of a version that this fased cannot use, or that says the same, what it is", async () => {
  using line = lineWith("{ gateway: { port: 19123, token: 'an-old-token-0123456789' } }")
  await line.fased(["doctor", "--fix", "--yes"])
  const old = await line.fased(["config", "undo"])
  expect(old).toMatchObject({ code: 1, out: "" })
  expect(old.err).toMatch(/^error: fased\.\S+\.json is not put back: this fased could not use it:/)
  expect(old.err).toContain("gateway.token: is how older versions wrote gateway.auth.token")
  expect(old.err).toContain("fased doctor --undo")
}, 30_000)

test("config schema --install puts the schema beside the config, which then names it", async () => {
  using line = lineWith(commented)
  const installed = await line.fased(["config", "schema", "--install"])
  expect(installed.out).toContain(join(line.state, "fased.schema.json"))
  const schema = JSON.parse(readFileSync(join(line.state, "fased.schema.json"), "utf8"))
  expect(schema.properties.gateway.properties.bind).toMatchObject({ default: "loopback" })
  expect(schema.properties.gateway.properties.bind.description).toBeString()
  expect(Bun.JSON5.parse(line.text())).toMatchObject({ $schema: "./fased.schema.json" })
  expect(line.text()).toContain("// mine")
  const once = line.text()
  await line.fased(["config", "schema", "--install"])
  expect(line.text()).toBe(once)
}, 30_000)

test("yaml names its schema in the comment that editors look for", async () => {
  using line = commandLine()
  const config = join(line.state, "fased.yaml")
  writeFileSync(config, "gateway:\n  mode: local # here\n", { mode: 0o600 })
  await line.fased(["config", "schema", "--install"], { env: { FASED_CONFIG_PATH: config } })
  expect(readFileSync(config, "utf8")).toBe(
    "# yaml-language-server: $schema=./fased.schema.json\ngateway:\n  mode: local # here\n",
  )
}, 30_000)

test("a running gateway says what it took up and what waits for a restart", async () => {
  await using gateway = await startGateway({ config: { gateway: { reload: { mode: "hot" } } } })
  using line = commandLine()
  const env = { HOME: gateway.home }
  const live = await line.fased(["config", "set", "logging.level", "debug"], { env })
  expect(live.out).toBe('logging.level: not set → "debug"\nTakes effect at once.\n')
  const late = await line.fased(["config", "set", "gateway.port", "19125"], { env })
  expect(late.out).toContain("Takes effect when the gateway restarts.")
  const both = await line.fased(
    ["config", "patch", "{ gateway: { port: 19126 }, logging: { level: 'info' } }", "--json"],
    { env },
  )
  expect(JSON.parse(both.out)).toMatchObject({ waits: ["gateway.port"], issues: [] })
  const secret = await line.fased(
    ["config", "set", "gateway.auth.token", "another-secret-token-9876543210"],
    { env },
  )
  expect(secret.out).toContain("Takes effect at once.")
  expect(secret.out + secret.err).not.toContain(testToken)
  const running = await line.fased(["config", "diff", "--running"], { env })
  expect(running).toMatchObject({ code: 0, err: "" })
  expect(running.out).toContain("No setting differs from the gateway at ws://127.0.0.1:")
}, 30_000)
