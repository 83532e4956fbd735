import { expect, test } from "bun:test"
import * as z from "zod"
import { parseBody } from "../../src/v1/request-body.ts"

const schema = z.object({
  model: z.string(),
  messages: z
    .array(z.union([z.object({ role: z.literal("user"), content: z.string() }), z.string()]))
    .min(1),
})

const refusals: [name: string, body: string, param: string | null, message: string][] = [
  ["no JSON", "{", null, "The body is not JSON."],
  ["no object", "[]", null, "must be an object"],
  ["a field that is missing", '{"model":"a"}', "messages", "messages: is missing"],
  ["an empty list", '{"model":"a","messages":[]}', "messages", "messages: must not be empty"],
  ["another kind", '{"model":5,"messages":["hi"]}', "model", "model: must be text"],
  [
    "a wrong field within",
    '{"model":"a","messages":["hi",{"role":"user","content":5}]}',
    "messages[1].content",
    "messages[1].content: must be text",
  ],
]

for (const [name, body, param, message] of refusals)
  test(`${name} is refused in plain words, with the field that is wrong`, async () => {
    const read = parseBody(schema, Buffer.from(body))
    const { error } = await ("refused" in read ? read.refused.json() : undefined)
    expect(error).toMatchObject({ param, message })
  })

test("a body that fits is read", () => {
  expect(parseBody(schema, Buffer.from('{"model":"a","messages":["hi"]}'))).toEqual({
    body: { model: "a", messages: ["hi"] },
  })
})
