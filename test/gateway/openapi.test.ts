import { afterAll, beforeAll, expect, test } from "bun:test"
import { z } from "zod"
import { routes } from "../../src/registry.ts"
import { startGateway, type TestGateway } from "../support/gateway.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const schema = z.record(z.string(), z.unknown())
const media = z.strictObject({ schema, example: z.unknown().optional() })
const content = z.record(z.string().regex(/^[a-z]+\/[a-z-]+$/), media)
/** What OpenAPI 3.1 asks of a document, as far as ours goes. */
const document = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    summary: z.string(),
    description: z.string(),
  }),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.strictObject({
        type: z.literal("http"),
        scheme: z.literal("bearer"),
        description: z.string(),
      }),
    ),
  }),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(
      z.enum(["get", "post", "put", "delete"]),
      z.strictObject({
        operationId: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
        summary: z.string().regex(/\.$/),
        security: z.array(z.never()).optional(),
        parameters: z
          .array(
            z.strictObject({
              name: z.string(),
              in: z.literal("path"),
              required: z.literal(true),
              schema,
            }),
          )
          .optional(),
        requestBody: z.strictObject({ required: z.literal(true), content }).optional(),
        responses: z.record(
          z.string().regex(/^(?:[1-5]\d\d|default)$/),
          z.strictObject({ description: z.string(), content: content.optional() }),
        ),
      }),
    ),
  ),
})

test("the document is OpenAPI, holds every route, and is open to all", async () => {
  const response = await fetch(`${gateway.running.url}openapi.json`)
  const parsed = document.parse(await response.json())
  const ids = Object.values(parsed.paths).flatMap((operations) =>
    Object.values(operations).map((operation) => operation!.operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
  for (const { method, path } of routes)
    expect(parsed.paths[path.replace(/:(\w+)(?:{[^}]*})?/g, "{$1}")]).toHaveProperty(
      method.toLowerCase(),
    )
  for (const [path, operations] of Object.entries(parsed.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const operation of Object.values(operations))
      expect((operation!.parameters ?? []).map(({ name }) => name)).toEqual(named as string[])
  }
})

test("the page shows them without a script, and nothing of this instance", async () => {
  const response = await fetch(`${gateway.running.url}openapi`)
  const page = await response.text()
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'")
  expect(page).not.toContain("<script")
  expect(page).toContain("<code>Authorization: Bearer &lt;gateway token&gt;</code>")
  for (const { path } of routes) expect(page).toContain(path.replace(/:(\w+)(?:{[^}]*})?/g, "{$1}"))
  for (const secret of [gateway.home, String(gateway.running.port)])
    expect(page).not.toContain(secret)
})
