import { expect, test } from "bun:test"
import * as z from "zod"
import { inWords } from "../../src/kernel/in-words.ts"

const cases: [z.ZodType, unknown, string][] = [
  [z.string(), 5, "must be text"],
  [z.string(), undefined, "is missing"],
  [z.int(), 1.5, "must be a whole number"],
  [z.boolean(), "yes", "must be true or false"],
  [z.array(z.string()), {}, "must be a list"],
  [z.object({}), [], "must be an object"],
  [z.array(z.string()).min(1), [], "must not be empty"],
  [z.string().min(1), "", "must not be empty"],
  [z.string().min(3), "ab", "must have at least 3 characters"],
  [z.array(z.string()).max(1), ["a", "b"], "must have at most 1 entries"],
  [z.number().min(1), 0, "must be at least 1"],
  [z.number().positive(), 0, "must be more than 0"],
  [z.number().max(9), 10, "must be at most 9"],
  [z.enum(["a", "b"]), "c", 'must be "a" or "b"'],
  [z.literal("a"), "c", 'must be "a"'],
  [z.strictObject({}), { x: 1 }, "has fields nobody knows here: x"],
  [z.string("must be a name"), 5, "must be a name"],
]

for (const [schema, value, words] of cases)
  test(`${JSON.stringify(value)} ${words}`, () => {
    const { error } = schema.safeParse(value, { error: inWords })
    expect(error?.issues[0]?.message).toBe(words)
  })
