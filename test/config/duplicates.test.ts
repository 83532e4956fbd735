import { expect, test } from "bun:test"
import fc from "fast-check"
import { duplicatesIn } from "../../src/config/duplicates.ts"

const inJson5 = (text: string) => duplicatesIn({ text, format: "json5" })

test("names that stand twice are found wherever they are and however they are written", async () => {
  const text = `{ // port: 1, port: 2
    gateway: { port: 1, 'port': 2, "bind": "a: b", $include: "x" },
    list: [{ a: 1, "a": 2 }, { a: 1 }],
    "gateway": {}, $include: 1, $include: 2,
  }`
  expect(await inJson5(text)).toEqual(["gateway.port", "list[0].a", "gateway", "$include"])
  const yaml = "a:\n  b: 1 # b: 2\n  b: 2\na: 3\nl:\n  - x: 1\n    x: 2\n"
  expect((await duplicatesIn({ text: yaml, format: "yaml" })).length).toBe(3)
  expect(await inJson5("")).toEqual([])
  expect(await inJson5("// nothing")).toEqual([])
})

test("whatever is written once stands once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (value) => {
      expect(await inJson5(JSON.stringify(value, null, 2))).toEqual([])
    }),
    { numRuns: 200 },
  )
})
