/** The parts of an OpenAPI document, version 3, that calling it takes. */
import * as z from "zod"
import { failed } from "../faults.ts"

const methods = ["get", "head", "post", "put", "patch", "delete"] as const
export type Method = (typeof methods)[number]

const parameter = z.object({
  name: z.string().min(1).max(200),
  in: z.enum(["path", "query", "header", "cookie"]),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: z.object({ type: z.unknown() }).partial().optional(),
})
export type Parameter = z.infer<typeof parameter>

export interface Operation {
  id: string
  method: Method
  path: string
  summary: string
  parameters: readonly Parameter[]
  takesBody: boolean
}

const mostOperations = 1_000

/** Reads what a document offers; `server` is where it says the API is. */
export const readDocument = (label: string, value: unknown) => {
  const root = z
    .object({
      openapi: z.string().startsWith("3"),
      servers: z.array(z.object({ url: z.string() })).optional(),
      paths: z.record(z.string(), z.record(z.string(), z.unknown())),
    })
    .safeParse(value)
  if (!root.success) throw failed({ label, why: "its document is no OpenAPI document, version 3" })
  const { servers, paths } = root.data
  const operations = new Map<string, Operation>()
  for (const [path, item] of Object.entries(paths))
    for (const method of methods) {
      const given = operation.safeParse(item[method])
      if (!item[method] || !given.success || operations.size >= mostOperations) continue
      const { operationId = `${method} ${path}`, summary, description = "" } = given.data
      const shared = Array.isArray(item.parameters) ? item.parameters : []
      const byName = new Map(
        [...shared, ...given.data.parameters].flatMap((one) => {
          const read = parameter.safeParse(resolved(value, one)).data
          return read ? [[`${read.in} ${read.name}`, read] as const] : []
        }),
      )
      operations.set(operationId, {
        id: operationId,
        method,
        path,
        summary: summary ?? description.split("\n", 1)[0]!,
        parameters: [...byName.values()],
        takesBody: given.data.requestBody !== undefined,
      })
    }
  return { server: servers?.[0]?.url, operations }
}

const operation = z.object({
  operationId: z.string().max(200).optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.unknown().optional(),
})

/** `{"$ref": "#/components/parameters/page"}` as what it stands for; nothing outside of the document. */
const resolved = (root: unknown, value: unknown): unknown => {
  const { $ref } = (value ?? {}) as { $ref?: unknown }
  if (typeof $ref !== "string" || !$ref.startsWith("#/")) return value
  let found: unknown = root
  for (const step of $ref.slice(2).split("/")) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return found
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null
