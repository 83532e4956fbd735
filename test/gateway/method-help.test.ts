import { expect, test } from "bun:test"
import { z } from "zod"
import { describeMethod } from "../../src/gateway/method-help.ts"
import { tableOf } from "../../src/gateway/method-table.ts"
import { methods } from "../../src/registry.ts"
import { method } from "../../src/kernel/method.ts"

const ask = (name: string, table = tableOf(methods)) =>
  describeMethod.handle({ name }, { methods: table } as never)

test("every method can be described to whoever wants to call it", async () => {
  for (const { name, summary, scope } of methods) {
    const told = describeMethod.result.parse(await ask(name))
    expect(told).toMatchObject({ name, summary, scope, params: { type: "object" } })
  }
})

test("what a method takes is told as its callers write it, defaults and all", async () => {
  const greet = method({
    name: "greet",
    scope: "read",
    summary: "Say hello.",
    params: () => z.object({ to: z.string().describe("Whom."), loud: z.boolean().default(false) }),
    result: () => z.object({}),
    example: { to: "Ada" },
    handle: () => ({}),
  })
  expect(await ask("greet", tableOf([greet]))).toEqual({
    name: "greet",
    scope: "read",
    summary: "Say hello.",
    params: {
      type: "object",
      properties: {
        to: { type: "string", description: "Whom." },
        loud: { type: "boolean", default: false },
      },
      required: ["to"],
    },
    example: { to: "Ada" },
    emits: [],
  })
})

test("a method that is not there is not described", async () => {
  await expect(ask("greet")).rejects.toThrow("unknown method: greet")
})
