/** The plan contract (08 §9): what a plan may say, and the words it is refused with. */
import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { sections } from "../../src/registry.ts"
import { readPlan, writePlan } from "../../src/secrets/plan.ts"
import { targetTypes } from "../../src/secrets/targets.ts"
import { instance, key, keyTarget, plan, token } from "./instance.ts"

const ref = { source: "env", id: "SOME_KEY" }
const read = (value: unknown) =>
  readPlan(typeof value === "string" ? value : JSON.stringify(value), sections)
const readTarget = (target: Record<string, unknown>) => read(plan([{ ref, ...target }]))

describe("the contract's types lead to their paths and to no other", () => {
  const good: [type: string, path: string, more?: Record<string, unknown>][] = [
    ["models.providers.apiKey", "models.providers.openai.apiKey"],
    ["models.providers.apiKey", "models.providers.openai.apiKey", { providerId: "openai" }],
    [
      "models.providers.apiKey",
      "models.providers.my.host.apiKey",
      { pathSegments: ["models", "providers", "my.host", "apiKey"], providerId: "my.host" },
    ],
    ["models.providers.apiKey", 'models.providers["my.host"].apiKey'],
    ["models.providers.headers", "models.providers.openai.headers.x-api-key"],
    ["skills.entries.apiKey", "skills.entries.image.apiKey"],
    ["channels.googlechat.serviceAccount", "channels.googlechat.serviceAccount"],
    [
      "channels.googlechat.serviceAccount",
      "channels.googlechat.accounts.work.serviceAccount",
      { accountId: "work" },
    ],
    ["gateway.auth.token", "gateway.auth.token"],
  ]
  test.each(good)("%s: %s", (type, path, more = {}) => {
    expect(readTarget({ type, path, ...more }).moves).toHaveLength(1)
  })

  const bad: [why: string, type: string, path: string, more?: Record<string, unknown>][] = [
    ["an unknown type", "models.providers.baseUrl", "models.providers.openai.baseUrl"],
    ["a setting that is no secret", "gateway.port", "gateway.port"],
    ["an empty path", "models.providers.apiKey", ""],
    ["a path of spaces", "models.providers.apiKey", "  "],
    ["a type with the path of another", "models.providers.apiKey", "gateway.auth.token"],
    ["a path that stops short", "models.providers.apiKey", "models.providers.openai"],
    ["a path that goes on", "models.providers.apiKey", "models.providers.openai.apiKey.x"],
    ["a blank provider", "models.providers.apiKey", 'models.providers[" "].apiKey'],
    ["__proto__", "models.providers.apiKey", "models.providers.__proto__.apiKey"],
    ["prototype", "models.providers.apiKey", "models.providers.prototype.apiKey"],
    ["constructor", "skills.entries.apiKey", "skills.entries.constructor.apiKey"],
    [
      "__proto__ in segments",
      "models.providers.apiKey",
      "models.providers.__proto__.apiKey",
      { pathSegments: ["models", "providers", "__proto__", "apiKey"] },
    ],
    [
      "__proto__ inside of a segment",
      "models.providers.apiKey",
      "models.providers.a.__proto__.apiKey",
      { pathSegments: ["models", "providers", "a.__proto__", "apiKey"] },
    ],
    [
      "segments of another path",
      "models.providers.apiKey",
      "models.providers.openai.apiKey",
      { pathSegments: ["models", "providers", "other", "apiKey"] },
    ],
    [
      "no segments",
      "models.providers.apiKey",
      "models.providers.openai.apiKey",
      { pathSegments: [] },
    ],
    [
      "another provider's id",
      "models.providers.apiKey",
      "models.providers.openai.apiKey",
      { providerId: "anthropic" },
    ],
    [
      "an account where there is none",
      "channels.googlechat.serviceAccount",
      "channels.googlechat.serviceAccount",
      { accountId: "work" },
    ],
    [
      "another account's id",
      "channels.googlechat.serviceAccount",
      "channels.googlechat.accounts.work.serviceAccount",
      { accountId: "home" },
    ],
  ]
  test.each(bad)("%s is refused in the contract's words", (_, type, path, more = {}) => {
    expect(() => readTarget({ type, path, ...more })).toThrow(
      `Invalid plan target path for ${type}: ${path}`,
    )
  })

  test("one bad target refuses the plan, and nothing on disk has changed", async () => {
    const config = {
      gateway: { auth: { token } },
      models: { providers: { openai: { apiKey: key } } },
    }
    using home = instance({ "fased.json": config, "secrets.json": { openai: key } })
    const before = home.read("fased.json")
    const bad = { ...keyTarget, path: "models.providers.openai.baseUrl" }
    expect(home.apply(plan([keyTarget, bad]))).rejects.toThrow(
      "Invalid plan target path for models.providers.apiKey: models.providers.openai.baseUrl",
    )
    expect(home.read("fased.json")).toBe(before)
    expect(home.has("fased.json.bak")).toBe(false)
  })
})

test("every secret setting of the schema has a type named after its path", () => {
  const types = targetTypes(sections)
  for (const [type, [pattern]] of types) {
    const path = pattern!.replaceAll("*", "mine")
    expect(readTarget({ type, path }).moves, type).toHaveLength(1)
  }
  expect([...types.keys()]).toContain("gateway.remote.password")
})

const malformed: [why: string, plan: unknown][] = [
  ["no JSON", "{"],
  ["a list", []],
  ["null", "null"],
  ["another version", { ...plan([]), version: 2 }],
  ["another protocol", { ...plan([]), protocolVersion: 2 }],
  ["no targets", { version: 1, protocolVersion: 1 }],
  ["a word the contract does not know", { ...plan([]), extra: true }],
  [
    "a target without a reference",
    plan([{ type: "gateway.auth.token", path: "gateway.auth.token" }]),
  ],
  [
    "a secret in place of a reference",
    plan([{ type: "gateway.auth.token", path: "gateway.auth.token", ref: token }]),
  ],
  ["a reference of no known source", plan([{ ...keyTarget, ref: { source: "vault", id: "x" } }])],
  ["a provider that cannot be named so", { ...plan([]), providerUpserts: { "a.b": {} } }],
  [
    "a provider that is both set and deleted",
    { ...plan([]), providerUpserts: { a: {} }, providerDeletes: ["a"] },
  ],
  ["the same target twice", plan([keyTarget, keyTarget])],
  [
    "__proto__ among its words",
    '{"version":1,"protocolVersion":1,"targets":[],"__proto__":{"a":1}}',
  ],
]
test.each(malformed)("a plan with %s is refused, without its values being shown", (_, value) => {
  expect(() => read(value)).toThrow("The plan cannot be applied")
  try {
    read(value)
  } catch (error) {
    expect(String(error)).not.toContain(token)
  }
})

test("a plan that is written down reads back as it was", () => {
  const made = read(
    plan([keyTarget], { providerUpserts: { local: { source: "file", path: "/x" } } }),
  )
  const text = JSON.stringify(writePlan(made, sections, "2026-01-01T00:00:00Z"))
  expect(readPlan(text, sections)).toEqual(made)
})

test("no path, however it is made, gets past the types or touches an object's prototype", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "models",
      "providers",
      "apiKey",
      "__proto__",
      "constructor",
      "gateway",
      "auth",
      "token",
      "",
      "*",
      "[0]",
      ".",
    ),
    fc.string({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.boolean(), (segments, given) => {
      const path = segments.join(".")
      let moves: readonly { path: readonly (string | number)[] }[] = []
      try {
        moves = readTarget({
          type: "models.providers.apiKey",
          path,
          ...(given && { pathSegments: segments }),
        }).moves
      } catch (error) {
        expect(String(error)).toContain("Invalid plan target path for models.providers.apiKey: ")
      }
      for (const move of moves) {
        expect(move.path).toHaveLength(4)
        expect(move.path[0]).toBe("models")
        expect(String(move.path[2])).not.toContain("__proto__")
      }
      expect(({} as Record<string, unknown>).apiKey).toBeUndefined()
    }),
  )
})
