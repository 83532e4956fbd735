import { expect, test } from "bun:test"
import fc from "fast-check"
import { nearest } from "../../src/config/nearest.ts"
import { formatPath, parsePath, valueAt, withValue } from "../../src/config/path.ts"

test.each([
  ["gateway.port", ["gateway", "port"]],
  ['models.providers["a.b"].baseUrl', ["models", "providers", "a.b", "baseUrl"]],
  ["models['x y'].z", ["models", "x y", "z"]],
  ["agents.list[0].id", ["agents", "list", 0, "id"]],
  ["agents.list.0.id", ["agents", "list", "0", "id"]],
  ['["a\\"b"]', ['a"b']],
  ["a-b/c:d.e", ["a-b/c:d", "e"]],
])("the path %s is understood", (text, segments) => {
  expect(parsePath(text)).toEqual(segments)
})

test.each([
  "",
  ".",
  "a.",
  ".a",
  "a..b",
  "a[",
  "a[]",
  "a[x]",
  "a]",
  'a["b',
  "a b",
  '[""]',
  "a[-1]",
  "a[1.5]",
  "__proto__",
  "a.constructor",
  'a["prototype"].b',
  "a[0]b",
])("the path %p is refused", (text) => {
  expect(() => parsePath(text)).toThrow("does not name a setting")
})

test("what formatPath writes, parsePath reads", () => {
  const key = fc
    .string({ minLength: 1 })
    .filter((key) => !["__proto__", "constructor", "prototype"].includes(key))
  const segment = fc.oneof(key, fc.nat(999))
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path)
    }),
  )
})

test("valueAt looks only at what is the config's own", () => {
  expect(valueAt({ a: [{ b: 1 }] }, ["a", "0", "b"])).toBe(1)
  expect(valueAt({ a: [1, 2] }, ["a", "length"])).toBeUndefined()
  expect(valueAt({}, ["toString"])).toBeUndefined()
})

test("withValue leaves the original alone and makes what is missing", () => {
  const root = { a: { list: [1] } }
  expect(withValue(root, ["a", "list", 1], { value: 2 })).toEqual({ a: { list: [1, 2] } })
  expect(withValue(root, ["b", "c", 0, "d"], { value: 1 })).toEqual({
    ...root,
    b: { c: [{ d: 1 }] },
  })
  expect(withValue(root, ["a", "list", 0], {})).toEqual({ a: { list: [] } })
  expect(root).toEqual({ a: { list: [1] } })
})

test.each([
  [["a", "list", 3], "has only 1 entries"],
  [["a", "list", "x"], "is a list: give a number in brackets"],
  [["a", 0], "a is not a list"],
  [["a", "list", 0, "x"], "holds a value, not a group"],
])("withValue refuses %p", (path, reason) => {
  expect(() => withValue({ a: { list: [1] } }, path, { value: 1 })).toThrow(reason)
})

test("nearest finds a slip of the finger and leaves strangers alone", () => {
  const names = ["port", "bind", "mode", "customBindHost"]
  expect(nearest("prot", names)).toBe("port")
  expect(nearest("custombindhots", names)).toBe("customBindHost")
  expect(nearest("token", names)).toBeUndefined()
  expect(nearest("x".repeat(50_000), names)).toBeUndefined()
})
