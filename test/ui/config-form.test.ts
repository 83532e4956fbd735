import { expect, test } from "bun:test"
import fc from "fast-check"
import { fileSchema } from "../../src/config/schema.ts"
import { formatPath as written, parsePath } from "../../src/config/path.ts"
import { sections } from "../../src/registry/sections.ts"
import { applied, withEdit } from "../../src/ui/view/config/draft.ts"
import { controlOf, fits, settingsBelow } from "../../src/ui/view/config/forms.ts"
import { lineDiff } from "../../src/ui/view/config/line-diff.ts"
import { formatPath, isSame, valueAt, withValue } from "../../src/ui/view/config/tree.ts"

const file = {
  logging: { level: "info" },
  agents: { list: [{ id: "main", default: true }, { id: "ada" }] },
}

test("a change that is taken back is none, whatever was changed around it", () => {
  let edits = withEdit(file, [], { path: ["logging", "level"], value: "debug" })
  expect(edits).toEqual([{ path: ["logging", "level"], value: "debug" }])
  edits = withEdit(file, edits, { path: ["logging"], value: undefined })
  expect(edits).toEqual([{ path: ["logging"] }])
  edits = withEdit(file, edits, { path: ["logging", "level"], value: "info" })
  expect(applied(file, edits)).toEqual(file)
  expect(withEdit(file, [], { path: ["logging", "level"], value: "info" })).toEqual([])
})

test("a change in an entry of a list is one of the list", () => {
  const edits = withEdit(file, [], { path: ["agents", "list", 1, "name"], value: "Ada" })
  expect(edits).toEqual([
    {
      path: ["agents", "list"],
      value: [
        { id: "main", default: true },
        { id: "ada", name: "Ada" },
      ],
    },
  ])
  const shorter = withEdit(file, edits, { path: ["agents", "list", 0], value: undefined })
  expect(applied(file, shorter)).toMatchObject({ agents: { list: [{ id: "ada", name: "Ada" }] } })
  expect(withEdit(file, edits, { path: ["agents", "list", 1, "name"], value: undefined })).toEqual(
    [],
  )
})

const names = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => !/^\s|["\\]/.test(name))
const paths = fc.array(fc.oneof(names, fc.nat({ max: 3 })), { minLength: 1, maxLength: 4 })

test("what was put somewhere is found there, and nothing that it was made from changes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), paths, fc.integer(), (tree, path, value) => {
      const before = JSON.stringify(tree)
      const after = withValue(tree, path, value)
      const isPastEnd = path.some((key, at) => {
        const list = valueAt(tree, path.slice(0, at))
        return typeof key === "number" && key > (Array.isArray(list) ? list.length : 0)
      })
      fc.pre(!isPastEnd && !path.includes("__proto__"))
      expect(valueAt(after, path)).toBe(value)
      expect(JSON.stringify(tree)).toBe(before)
    }),
  )
})

test("settings are called as the gateway calls them", () => {
  for (const path of [
    ["agents", "list", 0, "id"],
    ["models", "providers", "a.b", "baseUrl"],
    ["x y"],
  ]) {
    expect(formatPath(path)).toBe(written(path))
    expect(parsePath(formatPath(path))).toEqual(path)
  }
})

test("groups are the same in whatever order they name things", () => {
  expect(isSame({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 })).toBe(true)
  expect(isSame({ a: 1 }, { a: 1, b: undefined })).toBe(false)
  expect(isSame([1, 2], [2, 1])).toBe(false)
})

const root = fileSchema(sections)
const placeAt = (...path: string[]) => ({
  path,
  node: path.reduce((node, key) => node.properties![key]!, root),
  reload: "live" as const,
})

test("each kind of setting has its own way to be put in", () => {
  const kind = (...path: string[]) => controlOf(placeAt(...path).node).kind
  expect(kind("logging", "level")).toBe("choice")
  expect(kind("logging", "maxFileBytes")).toBe("number")
  expect(kind("logging", "redactPatterns")).toBe("words")
  expect(kind("gateway", "auth", "token")).toBe("secret")
  expect(kind("gateway", "tls", "enabled")).toBe("switch")
  expect(kind("agents", "list")).toBe("list")
  expect(kind("models", "providers")).toBe("named")
  expect(kind("agents", "defaults")).toBe("group")
})

test("a value that is written another way is edited as it is written", () => {
  const port = controlOf(placeAt("gateway", "port").node)
  expect(fits(port, 18_789)).toBe(true)
  expect(fits(port, "${PORT}")).toBe(false)
  const [only] = settingsBelow(placeAt("agents", "list"), { agents: { list: "${LIST}" } })
  expect(only?.path).toEqual(["agents", "list"])
})

test("every setting of every section is reached, and those in entries that are there", () => {
  const config = { models: { providers: { mine: {} } }, agents: { list: [{ id: "ada" }] } }
  const reached = settingsBelow({ path: [], node: root, reload: "live" }, config).map(({ path }) =>
    formatPath(path),
  )
  expect(reached.length).toBeGreaterThan(700)
  expect(reached).toContain("models.providers.mine.baseUrl")
  expect(reached).toContain("agents.list[0].id")
  expect(new Set(reached).size).toBe(reached.length)
})

test("the lines that differ are told with a few around them", () => {
  const before = "a\nb\nc\nd\ne\nf\ng"
  expect(lineDiff(before, before.replace("d", "D\nE"))).toEqual([
    { kind: "same", text: "b" },
    { kind: "same", text: "c" },
    { kind: "removed", text: "d" },
    { kind: "added", text: "D" },
    { kind: "added", text: "E" },
    { kind: "same", text: "e" },
    { kind: "same", text: "f" },
  ])
  expect(lineDiff("a\nb", "a\nb")).toEqual([])
  expect(lineDiff("", "x")).toContainEqual({ kind: "added", text: "x" })
})
