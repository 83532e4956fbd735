import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { createSettings } from "../../src/config/create.ts"
import { editText } from "../../src/config/edit.ts"
import { mergeEdits } from "../../src/config/merge-patch.ts"
import { parse } from "../../src/config/parse.ts"
import { isTree, type Tree, valueAt, withValue } from "../../src/config/path.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { sections, temporaryFolder } from "./sample.ts"

const name = fc.oneof(
  fc.constantFrom("a", "b", "c", "port", "a b", "x.y", "1", "é"),
  fc.string({ minLength: 1, maxLength: 6 }),
)
const isPlainName = (key: string) =>
  !["__proto__", "constructor", "prototype", "$include"].includes(key)
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom("${VAR}", "a: b # c", "// no", "1", "null", "- x"),
)
const trees = (withNull: boolean) =>
  fc.letrec<{ tree: Tree; value: unknown }>((tie) => ({
    tree: fc.dictionary(name.filter(isPlainName), tie("value"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    value: fc.oneof(
      { depthSize: "small" },
      leaf,
      ...(withNull ? [fc.constant(null)] : []),
      fc.array(leaf, { maxLength: 3 }),
      tie("tree"),
    ),
  })).tree

/** RFC 7396, word for word. */
const merged = (target: unknown, patch: unknown): unknown => {
  if (!isTree(patch)) return patch
  const result: Tree = isTree(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  return result
}

test("a merge patch changes what RFC 7396 says, and asks for no more edits than that", () => {
  fc.assert(
    fc.property(trees(false), trees(true), (target, patch) => {
      const edits = mergeEdits(patch, { source: target, composed: target })
      const result = edits.reduce(
        (tree, { path, ...change }) => withValue(tree, path, change),
        target,
      )
      expect(result).toEqual(merged(target, patch) as Tree)
      expect(mergeEdits(patch, { source: result, composed: result })).toEqual([])
    }),
  )
})

for (const format of ["json5", "yaml"] as const)
  test(`a merge patch of a ${format} file leaves the comments and everything else`, async () => {
    const write = (tree: Tree) =>
      format === "json5"
        ? `// top\n${JSON.stringify(tree, null, 2)}\n// end\n`
        : `# top\n${Bun.YAML.stringify(tree, null, 2)}\n`
    await fc.assert(
      fc.asyncProperty(trees(false), trees(true), async (target, patch) => {
        const text = write(target)
        const before = (await parse(text, format)) as { value: Tree }
        fc.pre(Bun.deepEquals(before.value, target)) // what the format cannot say is not our matter
        const edits = mergeEdits(patch, { source: target, composed: target })
        fc.pre(edits.length > 0)
        const after = await editText(text, format, edits)
        expect(await parse(after, format)).toEqual({ value: merged(target, patch) })
        expect(after).toContain(format === "json5" ? "// top" : "# top")
      }),
      { numRuns: 200 },
    )
  })

const open = (folder: string, env = {}) =>
  createSettings({
    paths: { config: join(folder, "fased.json"), state: folder },
    env,
    sections,
    fetchSecrets,
  })

test("a whole reference takes the place of another; a part of one is merged into it", () => {
  const apiKey = { source: "file", provider: "vault", id: "/a" }
  const target = { models: { apiKey } }
  const patched = (apiKey: Tree) =>
    mergeEdits({ models: { apiKey } }, { source: target, composed: target })
  const other = { source: "env", id: "KEY" }
  expect(patched(other)).toEqual([{ path: ["models", "apiKey"], value: other }])
  expect(patched({ id: "/b" })).toEqual([{ path: ["models", "apiKey", "id"], value: "/b" }])
})

test("names with a meaning in JavaScript are refused in every shape", async () => {
  using folder = temporaryFolder({ "fased.json": "{ gateway: { port: 5 } }" })
  const settings = await open(folder.path)
  const patches = [
    '{"__proto__": {"polluted": 1}}',
    '{"gateway": {"__proto__": {"polluted": 1}}}',
    '{"gateway": {"constructor": {"prototype": {"polluted": 1}}}}',
    '{"agents": {"extra": {"deep": [{"__proto__": {"polluted": 1}}]}}}',
    '{"agents": {"list": [{"id": "a", "constructor": 1}]}}',
  ]
  for (const text of patches) {
    const patch = JSON.parse(text) as Tree
    await expect(settings.change((now) => mergeEdits(patch, now))).rejects.toMatchObject({
      code: "config.bad-path",
    })
    await expect(settings.replace(text)).rejects.toMatchObject({ status: 422 })
  }
  for (const path of [
    "gateway.__proto__",
    'agents.extra["prototype"].x',
    "agents.extra.constructor",
  ])
    for (const change of [() => settings.set(path, 1), () => settings.unset(path)])
      await expect(change()).rejects.toMatchObject({ code: "config.bad-path" })
  expect(readFileSync(join(folder.path, "fased.json"), "utf8")).toBe("{ gateway: { port: 5 } }")
  expect(({} as Tree).polluted).toBeUndefined()
})

const including = {
  "fased.json": `{
  gateway: { $include: "./gateway.json", port: 5 }, // the door
  agents: { $include: ["./a.json", "./b.json"] },
  models: { providers: { a: { $include: "./provider.json" } } },
}
`,
  "gateway.json": '{ port: 1, bind: "lan", auth: { token: "${TOKEN}", password: "p" } }',
  "a.json": '{ list: [{ id: "a", name: "A" }, { id: "b" }] }',
  "b.json": "{ extra: { x: { y: 1 } } }",
  "provider.json": '{ baseUrl: "https://a.example/v1", apiKey: "included-key" }',
}
const textOf = (folder: string, file: string) => readFileSync(join(folder, file), "utf8")

test("what an included file sets is overruled beside its $include", async () => {
  using folder = temporaryFolder(including)
  const settings = await open(folder.path, { TOKEN: "t" })
  const patch = {
    gateway: { bind: "loopback", auth: { password: "q" } },
    agents: { extra: { x: { z: 2 } } },
    models: { providers: { a: { headers: { "X-A": "1" } } } },
  }
  const { composed, source } = await settings.change((now) => mergeEdits(patch, now))
  expect(composed).toMatchObject({
    gateway: { port: 5, bind: "loopback", auth: { token: "${TOKEN}", password: "q" } },
    agents: { list: [{ id: "a" }, { id: "b" }], extra: { x: { y: 1, z: 2 } } },
    models: { providers: { a: { apiKey: "included-key", headers: { "X-A": "1" } } } },
  })
  expect(source).toMatchObject({
    gateway: { $include: "./gateway.json", auth: { password: "q" } },
    agents: { $include: ["./a.json", "./b.json"], extra: { x: { z: 2 } } },
  })
  expect(textOf(folder.path, "fased.json")).toContain("// the door")
  for (const file of ["gateway.json", "a.json", "b.json", "provider.json"] as const)
    expect(textOf(folder.path, file)).toBe(including[file])
})

test("an entry of an included list is changed in a copy of that list", async () => {
  using folder = temporaryFolder(including)
  const settings = await open(folder.path, { TOKEN: "t" })
  await settings.set("agents.list[1].name", "B")
  expect(valueAt(settings.current().source, ["agents", "list"])).toEqual([
    { id: "a", name: "A" },
    { id: "b", name: "B" },
  ])
})

test("removing what only an included file sets is refused, and names that file", async () => {
  using folder = temporaryFolder(including)
  const settings = await open(folder.path, { TOKEN: "t" })
  const refused: [string, string][] = [
    ["gateway.bind", "gateway.json"],
    ["agents.extra.x.y", "b.json"],
    ["agents.list[0].name", "a.json"],
    ["models.providers.a.apiKey", "provider.json"],
  ]
  for (const [path, file] of refused)
    await expect(settings.unset(path)).rejects.toMatchObject({
      code: "config.set-elsewhere",
      message: expect.stringContaining(join(folder.path, file)),
    })
  await expect(
    settings.change((now) => mergeEdits({ gateway: { bind: null } }, now)),
  ).rejects.toMatchObject({ code: "config.set-elsewhere" })
  const { composed } = await settings.unset("gateway.port") // what the file itself sets goes
  expect(valueAt(composed, ["gateway", "port"])).toBe(1)
  expect(textOf(folder.path, "fased.json")).toContain('$include: "./gateway.json"')
})

test("a group that an included file has a part in is not replaced by halves", async () => {
  using folder = temporaryFolder(including)
  const settings = await open(folder.path, { TOKEN: "t" })
  await expect(settings.set("gateway.auth", { password: "q" })).rejects.toMatchObject({
    code: "config.cannot-edit",
    message: expect.stringContaining("included file"),
  })
  await settings.set("agents", { $include: "./a.json" })
  expect(settings.current().composed?.agents).toEqual({
    list: [{ id: "a", name: "A" }, { id: "b" }],
  })
})
