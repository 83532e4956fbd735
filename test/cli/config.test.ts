import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { commandLine, pointingAt } from "../support/command-line.ts"

const token = "cli-test-token-0123456789"

test("config get shows one value, defaults included, and masks secrets unless told not to", async () => {
  using line = commandLine(pointingAt(19123, token))
  expect((await line.fased(["config", "get", "gateway.port"])).out).toBe("19123\n")
  expect((await line.fased(["config", "get", "gateway.bind"])).out).toBe("loopback\n")
  const masked = await line.fased(["config", "get", "gateway.auth"])
  expect(masked.out).not.toContain(token)
  expect(JSON.parse(masked.out)).toMatchObject({ mode: "token" })
  expect((await line.fased(["config", "get"])).out).not.toContain(token)
  expect((await line.fased(["config", "get", "gateway.auth.token", "--unredacted"])).out).toBe(
    `${token}\n`,
  )
})

test("config get of a name that does not exist exits 1 and names the nearest", async () => {
  using line = commandLine(pointingAt(19123))
  const { code, out, err } = await line.fased(["config", "get", "gateway.prot"])
  expect({ code, out }).toEqual({ code: 1, out: "" })
  expect(err).toContain("no setting named gateway.prot")
  expect(err).toContain("gateway.port")
})

test("config get of a setting that is not set exits 1 and says how to set it", async () => {
  using line = commandLine({ gateway: { mode: "local" } })
  const { code, err } = await line.fased(["config", "get", "gateway.port"])
  expect(code).toBe(1)
  expect(err).toContain("gateway.port is not set")
  expect(err).toContain("fased config set gateway.port")
})

test("config set keeps comments, says what changed, and unset takes it back", async () => {
  using line = commandLine()
  line.writeConfig('{\n  // mine\n  gateway: { mode: "local", port: 19123 },\n}\n')
  const set = await line.fased(["config", "set", "gateway.port", "19124"])
  expect({ code: set.code, out: set.out }).toEqual({
    code: 0,
    out: "gateway.port: 19123 → 19124\n",
  })
  expect(readFileSync(line.configFile, "utf8")).toContain("// mine")
  const again = await line.fased(["config", "set", "gateway.port", "19124"])
  expect(again.out).toContain("nothing was changed")
  const unset = await line.fased(["config", "unset", "gateway.port"])
  expect(unset.out).toBe("gateway.port: 19124 → not set\n")
})

test("config set takes text as text, and with --strict-json only JSON", async () => {
  using line = commandLine({ gateway: { mode: "local" } })
  expect((await line.fased(["config", "set", "gateway.bind", "auto"])).code).toBe(0)
  expect((await line.fased(["config", "set", "gateway.bind", "auto", "--strict-json"])).code).toBe(
    2,
  )
  expect((await line.fased(["config", "set", "gateway.bind", '"loopback"', "--json"])).code).toBe(0)
  expect(JSON.parse(readFileSync(line.configFile, "utf8")).gateway.bind).toBe("loopback")
})

test("config set never shows a secret, old or new", async () => {
  using line = commandLine(pointingAt(19123, token))
  const fresh = "another-secret-token-9876543210"
  const { code, out, err } = await line.fased(["config", "set", "gateway.auth.token", fresh])
  expect(code).toBe(0)
  expect(out + err).not.toContain(token)
  expect(out + err).not.toContain(fresh)
})

test("config set refuses what would make the config invalid, and writes nothing", async () => {
  using line = commandLine(pointingAt(19123))
  const before = readFileSync(line.configFile, "utf8")
  for (const [path, value] of [
    ["gateway.port", "seventy"],
    ["gateway.prot", "1"],
    ["nonsense", "1"],
  ] as const) {
    const { code, out, err } = await line.fased(["config", "set", path, value])
    expect({ path, code, out }).toEqual({ path, code: 1, out: "" })
    expect(err).toContain("error: ")
  }
  expect(readFileSync(line.configFile, "utf8")).toBe(before)
})

test("config schema is JSON Schema, whole or in part", async () => {
  using line = commandLine()
  const whole = JSON.parse((await line.fased(["config", "schema"])).out)
  expect(whole.properties.gateway.properties.port).toBeObject()
  const part = JSON.parse((await line.fased(["config", "schema", "gateway.port"])).out)
  expect(part).toMatchObject({ type: "integer", maximum: 65535 })
  expect((await line.fased(["config", "schema", "gateway.prot"])).code).toBe(1)
})

test("config validate is quiet about a good file and precise about a bad one", async () => {
  using line = commandLine({ gateway: { mode: "local" } })
  expect(await line.fased(["config", "validate"])).toMatchObject({ code: 0, err: "" })
  line.writeConfig("{ gateway: { prot: 1 } }")
  const { code, out } = await line.fased(["config", "validate"])
  expect(code).toBe(1)
  expect(out).toContain("gateway.prot")
  const json = await line.fased(["config", "validate", "--json"])
  expect(JSON.parse(json.out)).toMatchObject({ valid: false, exists: true })
})
