import { expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { createSettings } from "../../src/config/create.ts"
import { refersToSchema } from "../../src/config/schema-file.ts"
import { setUpLocalProfile } from "../../src/config/setup.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { gateway, models, sections, temporaryFolder } from "./sample.ts"

const open = (folder: string, name = "fased.json", env = {}) =>
  createSettings({
    paths: { config: join(folder, name), state: folder },
    env,
    sections,
    fetchSecrets,
  })

const commented = `// mine
{
  gateway: {
    port: 1234, // the usual one
    auth: { token: "\${TOKEN}" },
  },
  'agents': { list: [{ id: 'a' }, { id: 'b', name: "B" }] },
}
`

test("without a file every setting has its default", async () => {
  using folder = temporaryFolder()
  const settings = await open(folder.path)
  expect(settings.current()).toMatchObject({ exists: false, issues: [], text: "" })
  expect(settings.section(gateway).port).toBe(18789)
  expect(settings.section(gateway)).toBe(settings.section(gateway))
  expect(JSON.parse(JSON.stringify(settings.current().values)).models).toEqual({ providers: {} })
})

test("set changes one value and keeps comments, order and references", async () => {
  using folder = temporaryFolder({ "fased.json": commented })
  const settings = await open(folder.path, "fased.json", { TOKEN: "resolved-secret" })
  await settings.set("gateway.port", 4321)
  await settings.set("agents.list[1].name", "Bee")
  const text = readFileSync(join(folder.path, "fased.json"), "utf8")
  expect(text).toBe(commented.replace("1234", "4321").replace('"B"', '"Bee"'))
  expect(text).not.toContain("resolved-secret")
  expect(settings.section(gateway)).toMatchObject({
    port: 4321,
    auth: { token: "resolved-secret" },
  })
})

test("set makes the groups and lists that are missing", async () => {
  using folder = temporaryFolder({ "fased.json": "// only a comment\n" })
  const settings = await open(folder.path)
  await settings.set('models.providers["my.host"].baseUrl', "https://my.host/v1")
  await settings.set("agents.list[0].id", "a")
  await settings.set("agents.list[1]", { id: "b" })
  expect(readFileSync(join(folder.path, "fased.json"), "utf8")).toStartWith("// only a comment\n")
  expect(settings.section(models).providers["my.host"]?.baseUrl).toBe("https://my.host/v1")
  expect(settings.current().source?.agents).toEqual({ list: [{ id: "a" }, { id: "b" }] })
})

test("set creates the file, and unset takes a value out again", async () => {
  using folder = temporaryFolder()
  const settings = await open(folder.path)
  await settings.set("gateway.bind", "lan")
  await settings.unset("gateway.bind")
  await settings.unset("gateway.bind")
  expect(settings.section(gateway).bind).toBe("loopback")
  expect(settings.current().source).toEqual({ gateway: {} })
})

test("a value of every kind replaces a value of every kind", async () => {
  using folder = temporaryFolder()
  for (const name of ["fased.json", "fased.yaml"]) {
    const settings = await open(folder.path, name)
    const values = [
      "text",
      "a: b # c",
      5,
      -1.5,
      true,
      null,
      [1, "x", []],
      { a: { b: [null] } },
      {},
      [],
    ]
    for (const value of values) {
      await settings.set("agents.extra.here", value)
      expect(settings.current().source).toEqual({ agents: { extra: { here: value } } })
    }
  }
})

test("yaml keeps its comments and references too", async () => {
  const text = `# mine
gateway:
  port: 1234 # the usual one
  auth:
    token: \${TOKEN} # from the environment
`
  using folder = temporaryFolder({ "fased.yaml": text })
  const settings = await open(folder.path, "fased.yaml", { TOKEN: "resolved-secret" })
  await settings.set("gateway.port", 4321)
  await settings.set("agents.list[0].id", "a")
  await settings.unset("agents.list")
  const changed = readFileSync(join(folder.path, "fased.yaml"), "utf8")
  expect(changed).toStartWith(text.replace("1234", "4321"))
  expect(settings.section(gateway).auth.token).toBe("resolved-secret")
})

test("a value that is not allowed is refused and nothing is written", async () => {
  using folder = temporaryFolder({ "fased.json": commented })
  const settings = await open(folder.path, "fased.json", { TOKEN: "t" })
  const attempts: [string, unknown, string][] = [
    ["gateway.port", "x", "config.bad-value"],
    ["gateway", { prot: 1 }, "config.bad-value"],
    ["gateway.auth.token", "${NOT_SET}", "config.bad-value"],
    ["agents.extra", JSON.parse('{"__proto__": {"a": 1}}'), "config.bad-path"],
    ["gateway.prot", 1, "config.unknown-path"],
    ["nothing.here", 1, "config.unknown-path"],
    ["gateway.port.deeper", 1, "config.unknown-path"],
    ["agents.list[7].id", "x", "config.bad-path"],
    ["agents.extra.__proto__.x", 1, "config.bad-path"],
  ]
  for (const [path, value, code] of attempts)
    await expect(settings.set(path, value)).rejects.toMatchObject({ code })
  await expect(settings.set("gateway.prot", 1)).rejects.toMatchObject({
    hint: "Did you mean gateway.port?",
  })
  expect(readFileSync(join(folder.path, "fased.json"), "utf8")).toBe(commented)
  expect(existsSync(join(folder.path, "fased.json.bak"))).toBe(false)
  expect(({} as Record<string, unknown>).a).toBeUndefined()
})

test("a file with several mistakes can be put right one at a time", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { prot: 1, port: 'x', bnid: 2 } }" })
  const settings = await open(folder.path)
  expect(() => settings.section(gateway)).toThrow("gateway.prot: is not a setting fased knows")
  const beside = settings.set("gateway.bind", "lan")
  await expect(beside).rejects.toMatchObject({
    code: "config.invalid-before",
    hint: expect.stringContaining("fased doctor --fix"),
  })
  await expect(beside).rejects.toThrow("gateway.prot: is not a setting fased knows")
  await expect(settings.set("gateway.port", "y")).rejects.toMatchObject({
    code: "config.bad-value",
  })
  await settings.unset("gateway.prot")
  await settings.unset("gateway.bnid")
  expect((await settings.set("gateway.port", 5)).issues).toEqual([])
  expect(settings.section(gateway).port).toBe(5)
})

test("a bad edit by hand leaves the last good reading in use, and is told", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { port: 7 } }" })
  const settings = await open(folder.path)
  writeFileSync(join(folder.path, "fased.json"), "{ gateway: { port: ")
  expect((await settings.read()).issues).toMatchObject([{ line: 1 }])
  expect(settings.section(gateway).port).toBe(7)
  await expect(settings.set("gateway.port", 9)).rejects.toMatchObject({ code: "config.invalid" })
  writeFileSync(join(folder.path, "fased.json"), "{ gateway: { port: 8 } }")
  await settings.read()
  expect(settings.section(gateway).port).toBe(8)
})

test("a fault about the file carries nothing of what the file holds", async () => {
  using folder = temporaryFolder({
    "fased.json": "{ gateway: { auth: { token: 'canary' }, x: 1 } }",
  })
  const settings = await open(folder.path)
  const error = await settings.set("gateway.bind", "lan").catch((error) => error)
  expect(Bun.inspect(error)).not.toContain("canary")
  try {
    settings.section(gateway)
  } catch (error) {
    expect(Bun.inspect(error)).toContain("config.invalid")
    expect(Bun.inspect(error)).not.toContain("canary")
  }
})

test("changes made at the same time all arrive", async () => {
  using folder = temporaryFolder()
  const settings = await open(folder.path)
  const ids = ["a", "b", "c", "d", "e"]
  await Promise.all(ids.map((id) => settings.set(`agents.extra.${id}`, id)))
  expect(settings.current().source).toEqual({
    agents: { extra: Object.fromEntries(ids.map((id) => [id, id])) },
  })
})

test("the file and its backup are private, whatever they and the umask were", async () => {
  using folder = temporaryFolder({ "fased.json": "{}" })
  const file = join(folder.path, "fased.json")
  chmodSync(file, 0o666)
  const umask = process.umask(0)
  try {
    const settings = await open(folder.path)
    await settings.set("gateway.port", 5)
  } finally {
    process.umask(umask)
  }
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(`${file}.bak`).mode & 0o777).toBe(0o600)
  expect(readFileSync(`${file}.bak`, "utf8")).toBe("{}")
})

test("a linked config file stays a link", async () => {
  using folder = temporaryFolder({ "real.json": "{}" })
  symlinkSync(join(folder.path, "real.json"), join(folder.path, "fased.json"))
  await (await open(folder.path)).set("gateway.port", 5)
  expect(lstatSync(join(folder.path, "fased.json")).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(folder.path, "real.json"), "utf8")).toContain("5")
})

test("whatever JSON5 allows stays as it is spelled", async () => {
  const text = `{ $schema: './s.json', agents: { extra: {
    a: 'split \\\nline', b: .5, c: +1, d: -Infinity, 'e\\x41': 0x1F, é: 5., null: "~0", // f: .5
    $g: [.1, NaN, '\\v'] } } }`
  using folder = temporaryFolder({ "fased.json": text })
  const settings = await open(folder.path)
  expect(settings.current().issues).toEqual([])
  await settings.change([
    { path: ["agents", "extra", "$g", 1], value: "~1" },
    { path: ["agents", "extra", "eA"], value: 32 },
    { path: ["agents", "extra", "null"], value: null },
  ])
  expect(settings.current().text).toBe(
    text.replace("NaN", '"~1"').replace("0x1F", "32").replace('"~0"', "null"),
  )
  await settings.change([{ path: ["agents", "extra", "é"] }, { path: ["$schema"], value: "x" }])
  expect(settings.current().text).not.toContain("é")
})

test("a form that cannot be edited in place is left to its owner", async () => {
  const twice = "{ gateway: { port: 1, port: 2 } }"
  using folder = temporaryFolder({ "fased.json": twice })
  const settings = await open(folder.path)
  await expect(settings.set("gateway.port", 5)).rejects.toMatchObject({
    code: "config.cannot-edit",
  })
  expect(readFileSync(join(folder.path, "fased.json"), "utf8")).toBe(twice)
})

test("a folder in the file's place is told, not a crash", async () => {
  using folder = temporaryFolder()
  const settings = await createSettings({
    paths: { config: folder.path, state: folder.path },
    env: {},
    sections,
    fetchSecrets,
  })
  expect(settings.current().issues[0]?.message).toBe("the file cannot be read: it is a folder")
})

for (const name of ["fased.json", "fased.yaml"]) {
  test(`setting up makes a ${name} with a long token, once`, async () => {
    using folder = temporaryFolder()
    const settings = await open(folder.path, name)
    expect(await setUpLocalProfile({ settings, env: {} })).toEqual({ created: true, token: true })
    expect(settings.section(gateway)).toMatchObject({ mode: "local", auth: { mode: "token" } })
    expect(settings.section(gateway).auth.token).toMatch(/^[0-9a-f]{64}$/)
    const text = readFileSync(join(folder.path, name), "utf8")
    expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600)
    expect(await setUpLocalProfile({ settings, env: {} })).toEqual({ created: false, token: false })
    expect(readFileSync(join(folder.path, name), "utf8")).toBe(text)
    rmSync(join(folder.path, name))
    const env = { FASED_GATEWAY_TOKEN: "given" }
    expect(await setUpLocalProfile({ settings, env })).toEqual({ created: true, token: false })
    expect(settings.current().source).toMatchObject({ gateway: { mode: "local" } })
    expect(refersToSchema(settings.current())).toBe(true)
  })
}

test.each([
  ["{ gateway: { port: 5 } }", {}, true],
  ["{ gateway: { auth: {} } }", {}, true],
  ["{ gateway: { auth: { mode: 'token' } } }", {}, true],
  ["{ gateway: { port: 5 } }", { FASED_GATEWAY_TOKEN: "  " }, true],
  ["{ gateway: { auth: { mode: 'password' } } }", {}, false],
  ["{ gateway: { auth: { token: 'x' } } }", {}, false],
  ["{ gateway: { auth: { token: '' } } }", {}, false],
  ["{ gateway: { auth: { password: 'x' } } }", {}, false],
  ["{ gateway: { mode: 'remote' } }", {}, false],
  ["{ gateway: { port: 5 } }", { FASED_GATEWAY_PASSWORD: "x" }, false],
  ["{ gateway: ", {}, false],
])("setting up with %p and %p makes a token: %p", async (text, env, made) => {
  using folder = temporaryFolder({ "fased.json": text })
  const settings = await open(folder.path)
  expect(await setUpLocalProfile({ settings, env })).toEqual({ created: false, token: made })
  const now = readFileSync(join(folder.path, "fased.json"), "utf8")
  if (made) expect(settings.section(gateway).auth.token).toHaveLength(64)
  else expect(now).toBe(text)
})
