import * as z from "zod"
import { method } from "../kernel/method.ts"
import { unknownMethod } from "./faults.ts"
import { MethodTable } from "./method-table.ts"

const open = z.record(z.string(), z.unknown())

export const describeMethod = method({
  name: "gateway.method.get",
  scope: "read",
  summary: "What a method does, who may call it, and what it takes.",
  params: () => z.object({ name: z.string().min(1).max(200).describe("The method's name.") }),
  result: () =>
    z.object({
      name: z.string(),
      scope: z.string(),
      summary: z.string(),
      params: open.describe("JSON Schema of its parameters."),
      example: open,
      emits: z.array(z.string()).describe("Events that calling it brings about."),
    }),
  example: { name: "health" },
  needs: { methods: MethodTable },
  async handle({ name }, { methods }) {
    const found = await methods.find(name)
    if (!found) throw unknownMethod({ method: name })
    const { scope, summary, params, example, emits = [] } = found
    const { $schema: _, ...schema } = z.toJSONSchema(params, {
      io: "input",
      unrepresentable: "any",
    })
    return { name, scope, summary, params: schema, example, emits: [...emits] }
  },
})
