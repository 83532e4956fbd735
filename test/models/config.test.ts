import { expect, test } from "bun:test"
import { z } from "zod"
import { models as section } from "../../src/models/config.ts"

test("an empty section is a working one", () => {
  expect(section.schema.parse({})).toMatchObject({ mode: "merge", providers: {} })
})

test("a gateway config as people have it is accepted", () => {
  const model = (id: string) => ({
    id,
    name: id,
    reasoning: false,
    input: ["text"],
    contextWindow: 200_000,
    maxTokens: 8192,
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  })
  const written = {
    mode: "replace",
    providers: {
      mock: {
        baseUrl: "http://127.0.0.1:18080/v1",
        apiKey: "sk-mock",
        api: "openai-completions",
        models: ["mock-1", "mock-64"].map(model),
      },
    },
  }
  expect(section.schema.parse(written)).toMatchObject(written)
})

test("addresses are http or https; other things are refused", () => {
  for (const baseUrl of [
    "file:///etc/passwd",
    "ftp://x/",
    "example.com",
    "javascript:alert(1)",
    "",
  ])
    expect(section.schema.safeParse({ providers: { x: { baseUrl } } }).success).toBe(false)
})

test("provider ids are plain names", () => {
  for (const id of ["a b", "x/y", "", "../x"])
    expect(section.schema.safeParse({ providers: { [id]: {} } }).success).toBe(false)
})

test("every setting has a sentence, and keys and headers are marked secret", () => {
  const schema = z.toJSONSchema(section.schema, { io: "input" })
  const missing: string[] = []
  const secret: string[] = []
  const visit = (node: unknown, path: string) => {
    if (typeof node !== "object" || node === null) return
    const { properties, additionalProperties, items } = node as Record<string, unknown>
    for (const [name, child] of Object.entries(properties ?? {})) {
      const at = path ? `${path}.${name}` : name
      if (!child.description) missing.push(at)
      if (child.secret) secret.push(at)
      visit(child, at)
    }
    if (typeof additionalProperties === "object") {
      if ((additionalProperties as { secret?: boolean }).secret) secret.push(`${path}.*`)
      visit(additionalProperties, `${path}.*`)
    }
    visit(items, `${path}[]`)
  }
  visit(schema, "")
  expect(missing).toEqual([])
  expect(secret).toEqual(["providers.*.apiKey", "providers.*.headers.*"])
})
