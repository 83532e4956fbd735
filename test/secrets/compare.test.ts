import { expect, test } from "bun:test"
import fc from "fast-check"
import { present, sameSecret, weakness } from "../../src/secrets/compare.ts"
import { readSources } from "../support/source-tree.ts"

test("a secret is the same as itself and as nothing else", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (a, b) => {
      expect(sameSecret(a, a)).toBe(true)
      expect(sameSecret(a, b)).toBe(a === b)
    }),
  )
})

test("an empty secret is the same as none, not even as an empty one", () => {
  for (const given of ["", " ", "x"]) expect(sameSecret("", given)).toBe(false)
})

test.each([
  "undefined",
  "NULL",
  " none ",
  "changeme",
  "change-me",
  "password",
  "Token",
  "your-token",
  "your_gateway_token_goes_here",
  "<token>",
  "*".repeat(20),
])("%p is a placeholder", (secret) => expect(weakness(secret)).toBe("it is a placeholder"))

test.each([
  ["fifteen letters", "abcdefghijklmno", "it is shorter than 16 characters"],
  ["a leading space", " abcdefghijklmnop", "it starts or ends with a space"],
  ["a line end", "abcdefghijklmnop\n", "it starts or ends with a space"],
  ["sixteen letters", "abcdefghijklmnop", undefined],
  ["a sentence", "correct horse battery staple", undefined],
  ["a word that only begins like a placeholder", "tokenized-0123456789", undefined],
])("weakness of %s", (_, secret, why) => expect(weakness(secret)).toBe(why))

test("blank is not set", () => {
  expect([undefined, "", " ", "\t\n"].map(present)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(present(" x ")).toBe(" x ")
})

test("nothing but the one comparison looks at secrets", async () => {
  const sources = await readSources("src")
  const comparing =
    /(?:secret|password|[tT]oken)\b\s*(?:[!=]==?)(?!=|\s*(?:undefined|null|true|""))|timingSafeEqual\(/
  const found = sources.filter(
    ({ path, code }) => !path.startsWith("src/ui/") && comparing.test(code),
  )
  expect(found.map(({ path }) => path)).toEqual(["src/secrets/compare.ts"])
})
