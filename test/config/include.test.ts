import { expect, test } from "bun:test"
import fc from "fast-check"
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createSettings } from "../../src/config/create.ts"
import { describeIssue } from "../../src/config/faults.ts"
import { compose } from "../../src/config/include.ts"
import { judgeConfig } from "../../src/config/load.ts"
import type { Tree } from "../../src/config/path.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { gateway, sections, temporaryFolder } from "./sample.ts"

const judge = (folder: string, text: string, env = {}) =>
  judgeConfig(text, { path: join(folder, "fased.json"), sections, env })

const told = async (folder: string, text: string) =>
  (await judge(folder, text)).issues.map((issue) =>
    describeIssue(issue).replaceAll(`${folder}/`, ""),
  )

test("one file replaces the group that includes it, at any depth and in either format", async () => {
  using folder = temporaryFolder({
    "list.yaml": "- id: a\n- { $include: b.json5 }\n",
    "b.json5": "{ id: 'b', name: '${NAME}' }",
  })
  const { composed, values, files, issues } = await judge(
    folder.path,
    "{ agents: { list: { $include: 'list.yaml' } } }",
    { NAME: "Bea" },
  )
  expect(issues).toEqual([])
  expect(composed).toEqual({ agents: { list: [{ id: "a" }, { id: "b", name: "${NAME}" }] } })
  expect(values?.agents).toMatchObject({ list: [{ id: "a" }, { id: "b", name: "Bea" }] })
  expect(files).toEqual(["fased.json", "list.yaml", "b.json5"].map((n) => join(folder.path, n)))
})

test("later files win over earlier ones, settings beside $include over all, lists as a whole", async () => {
  using folder = temporaryFolder({
    "one.json": "{ port: 1, bind: 'lan', auth: { token: 'one' }, trustedProxies: ['10.0.0.1'] }",
    "two.json": "{ port: 2, auth: { password: 'two' }, trustedProxies: [] }",
  })
  const { composed } = await judge(
    folder.path,
    "{ gateway: { $include: ['one.json', 'two.json'], auth: { mode: 'password' } } }",
  )
  expect(composed?.gateway).toEqual({
    port: 2,
    bind: "lan",
    auth: { token: "one", password: "two", mode: "password" },
    trustedProxies: [],
  })
})

test("paths are relative to the including file, and an issue names the file it is in", async () => {
  using folder = temporaryFolder({ "top.json": "{ $include: 'deep/gateway.json' }" })
  mkdirSync(join(folder.path, "deep"))
  writeFileSync(join(folder.path, "deep/gateway.json"), "{ auth: { $include: 'auth.yaml' } }")
  writeFileSync(join(folder.path, "deep/auth.yaml"), "mode: nope\ntokne: x\n")
  expect(
    await told(folder.path, "{ gateway: { $include: 'top.json', port: 'x' }, gatway: {} }"),
  ).toEqual([
    "gatway: is not a setting fased knows (did you mean gateway?)",
    "gateway.auth.tokne: in deep/auth.yaml: is not a setting fased knows (did you mean gateway.auth.token?)",
    'gateway.port: must be a whole number from 1 to 65535, not "x"',
    'gateway.auth.mode: in deep/auth.yaml: must be "token" or "password", not "nope"',
  ])
})

test("a mistake in an included file is told with its file, line and column, and the way there", async () => {
  using folder = temporaryFolder({
    "a.json": "{ auth: { $include: 'b.yaml' } }",
    "b.yaml": 'token: "abc\n',
    "c.json": "{\n  port: 1\n  bind: 2,\n}",
  })
  expect(await told(folder.path, "{ gateway: { $include: ['a.json', 'c.json'] } }")).toEqual([
    'in b.yaml, line 2, column 1: Missing closing "quote (fased.json → a.json → b.yaml)',
    "in c.json, line 3, column 3: invalid character 'b' (look for a missing comma, quote or bracket just before it)",
  ])
})

test("only regular files below the config's folder are read", async () => {
  using folder = temporaryFolder({ "one.json": "{ gateway: { $include: 'fased.json' } }" })
  using outside = temporaryFolder({ "secret.json": "{ port: 5 }" })
  symlinkSync(join(outside.path, "secret.json"), join(folder.path, "link.json"))
  symlinkSync(outside.path, join(folder.path, "out"))
  mkdirSync(join(folder.path, "dir.json"))
  writeFileSync(join(folder.path, "latin.json"), Buffer.from([0x7b, 0xff, 0x7d]))
  writeFileSync(join(folder.path, "huge.json"), " ".repeat(9 * 1024 * 1024))
  Bun.spawnSync(["mkfifo", join(folder.path, "pipe.json")])
  const outsideText = "which is outside the config file's folder (move it there, or below it)"
  const expected: Record<string, string> = {
    "/etc/passwd": outsideText,
    "../x.json": outsideText,
    "a/../../x.json": outsideText,
    ".": outsideText,
    "/dev/zero": outsideText,
    "x\0.json": outsideText,
    "link.json": "a link that leads outside the config file's folder (put a copy there)",
    "out/secret.json": "a link that leads outside the config file's folder (put a copy there)",
    "dir.json": "but the file cannot be read: it is a folder",
    "pipe.json": "but the file cannot be read: it is not a regular file",
    "huge.json": "but the file cannot be read: it is larger than 8 MB",
    "latin.json": "but the file cannot be read: it is not UTF-8 text",
    "none.json": "which does not exist",
    "fased.json": "and so includes itself: fased.json → fased.json",
    "https://example.org/x.json": "which does not exist",
  }
  writeFileSync(join(folder.path, "fased.json"), "{}")
  for (const [name, reason] of Object.entries(expected))
    expect(await told(folder.path, JSON.stringify({ gateway: { $include: name } }))).toEqual([
      `gateway.$include: names ${name}, ${reason}`,
    ])
})

test("a config in a linked folder, as Kubernetes mounts it, includes its neighbours", async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, "..2024"))
  writeFileSync(join(folder.path, "..2024/fased.json"), "{ gateway: { $include: 'gateway.json' } }")
  writeFileSync(join(folder.path, "..2024/gateway.json"), "{ port: 7 }")
  symlinkSync("..2024", join(folder.path, "..data"))
  for (const name of ["fased.json", "gateway.json"])
    symlinkSync(join("..data", name), join(folder.path, name))
  const paths = { config: join(folder.path, "fased.json"), state: folder.path }
  const settings = await createSettings({ paths, env: {}, sections, fetchSecrets })
  expect(settings.section(gateway).port).toBe(7)
})

test("circles of any length end, and ten files may lead to one another but not eleven", async () => {
  using folder = temporaryFolder({
    "a.json": "{ auth: { $include: 'b.json' } }",
    "b.json": "{ deep: { $include: './a.json' } }",
  })
  expect(await told(folder.path, "{ gateway: { $include: 'a.json' } }")).toContain(
    "gateway.auth.deep.$include: in b.json: names ./a.json, and so includes itself: fased.json → a.json → b.json → a.json",
  )
  for (let level = 1; level <= 11; level++)
    writeFileSync(
      join(folder.path, `${level}.json`),
      level === 10 ? "{ port: 9 }" : `{ $include: '${level + 1}.json' }`,
    )
  expect((await judge(folder.path, "{ gateway: { $include: '1.json' } }")).issues).toEqual([])
  writeFileSync(join(folder.path, "10.json"), "{ $include: '11.json' }")
  writeFileSync(join(folder.path, "11.json"), "{ port: 9 }")
  expect((await told(folder.path, "{ gateway: { $include: '1.json' } }"))[0]).toContain(
    "names 11.json, the 11th file in a chain; 10 are allowed",
  )
})

test("neither aliases nor includes can multiply without end", async () => {
  using folder = temporaryFolder()
  const bomb = Array.from({ length: 30 }, (_, i) => `k${i + 1}: &k${i + 1} [*k${i}, *k${i}]`)
  writeFileSync(
    join(folder.path, "bomb.yaml"),
    `agents:\n  extra:\n    k0: &k0 [x, x]\n    ${bomb.join("\n    ")}\n`,
  )
  const tooMuch =
    "it says more than 500,000 things in all (look for YAML aliases or includes that repeat each other)"
  expect((await told(folder.path, "{ $include: 'bomb.yaml' }"))[0]).toContain("Excessive aliasing")
  writeFileSync(join(folder.path, "long.json"), `{ extra: { list: [${"1,".repeat(500_001)}] } }`)
  expect(await told(folder.path, "{ agents: { $include: 'long.json' } }")).toContain(tooMuch)
  for (let level = 0; level < 9; level++) {
    const next = JSON.stringify(Array.from({ length: 20 }, () => `w${level + 1}.json`))
    writeFileSync(join(folder.path, `w${level}.json`), `{ $include: ${next} }`)
  }
  writeFileSync(join(folder.path, "w9.json"), "{}")
  expect(await told(folder.path, "{ $include: 'w0.json' }")).toContain(tooMuch)
  const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`
  writeFileSync(join(folder.path, "deep.json"), `{ extra: ${deep} }`)
  expect((await told(folder.path, "{ agents: { $include: 'deep.json' } }")).length).toBeGreaterThan(
    0,
  )
})

test("a missing file is read as soon as it is there, and a changed one again", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { $include: 'gateway.json' } }" })
  const included = join(folder.path, "gateway.json")
  const paths = { config: join(folder.path, "fased.json"), state: folder.path }
  const settings = await createSettings({ paths, env: {}, sections, fetchSecrets })
  expect(settings.current().issues).toHaveLength(1)
  expect(settings.current().files).toContain(included)
  writeFileSync(included, "{ port: 1 }")
  expect((await settings.read()).values?.gateway).toMatchObject({ port: 1 })
  writeFileSync(included, "{ port: 22 }")
  expect((await settings.read()).values?.gateway).toMatchObject({ port: 22 })
  rmSync(included)
  expect((await settings.read()).issues).toHaveLength(1)
})

const key = fc.constantFrom("a", "b", "c", "$x", "with space", "toString")
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.string(),
    fc.constant(null),
    tie("list"),
    tie("tree"),
  ),
  list: fc.array(tie("value"), { maxLength: 3 }),
  tree: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
})).tree as fc.Arbitrary<Tree>

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value)
/** Merging, said once more and as plainly as possible. */
const merged = (below: Tree, above: Tree): Tree => {
  const whole: Tree = Object.assign({}, below)
  for (const name of Object.keys(above)) {
    const [old, now] = [Object.hasOwn(below, name) ? below[name] : undefined, above[name]]
    whole[name] = isTree(old) && isTree(now) ? merged(old, now) : now
  }
  return whole
}

test("any files and settings merge as their order says, wherever they are included", () => {
  using folder = temporaryFolder()
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), tree, (included, beside) => {
      const names = included.map((_, index) => `f${index}.json`)
      for (const [index, content] of included.entries())
        writeFileSync(join(folder.path, names[index]!), JSON.stringify(content))
      const at = { here: [{ $include: names, ...beside }] }
      const { value, issues } = compose(at, join(folder.path, "fased.json"))
      expect(issues).toEqual([])
      expect(value).toEqual({ here: [merged(included.reduce(merged, {}), beside)] })
    }),
    { numRuns: 150 },
  )
})

test("a config without $include stays as it is", () => {
  fc.assert(
    fc.property(tree, (plain) => {
      const { value, issues, files } = compose(plain, "/nowhere/fased.json")
      expect({ value, issues, files }).toEqual({
        value: plain,
        issues: [],
        files: ["/nowhere/fased.json"],
      })
    }),
  )
})

test("names with a meaning in JavaScript are refused wherever they come from", async () => {
  using folder = temporaryFolder({
    "evil.json": '{ extra: { "__proto__": { polluted: true } } }',
    "evil.yaml": "constructor: { prototype: { polluted: true } }\n",
  })
  expect(await told(folder.path, "{ agents: { $include: ['evil.json', 'evil.yaml'] } }")).toEqual([
    "agents.extra.__proto__: in evil.json: is not allowed as a name",
    "agents.constructor: in evil.yaml: is not allowed as a name",
  ])
  expect(({} as Tree).polluted).toBeUndefined()
})
