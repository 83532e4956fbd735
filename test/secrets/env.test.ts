import { expect, test } from "bun:test"
import { only, vault } from "./sample.ts"

test("a reference to a variable gives its value", async () => {
  using here = vault()
  const { secrets } = await here.resolve(only("env", "MY_KEY"), {}, { MY_KEY: "sesame" })
  expect(secrets).toEqual({ "models.providers.x.apiKey": "sesame" })
})

test.each([
  ["unset", {}, "the environment variable MY_KEY is not set"],
  ["empty", { MY_KEY: "" }, "it is empty"],
  ["blank", { MY_KEY: " \n\t" }, "it is empty"],
  ["the word undefined", { MY_KEY: "undefined" }, 'it is the word "undefined"'],
  ["the word null", { MY_KEY: " NULL " }, 'it is the word "null"'],
  ["a placeholder", { MY_KEY: "__FASED_REDACTED__" }, "which only stands for a hidden secret"],
])("a variable that is %s is no secret, and the setting is named", async (_, env, reason) => {
  using here = vault()
  const { secrets, failures } = await here.resolve(only("env", "MY_KEY"), {}, env)
  expect(secrets).toEqual({})
  expect(failures).toEqual([
    {
      path: "models.providers.x.apiKey",
      ref: "env:default:MY_KEY",
      reason: expect.stringContaining(reason),
      next: expect.any(String),
    },
  ])
})

test("an allowlist is the whole list: what it leaves out is refused, an empty one refuses all", async () => {
  using here = vault()
  const settings = (allowlist: string[]) => ({
    providers: { few: { source: "env" as const, allowlist } },
  })
  const env = { MY_KEY: "sesame" }
  const refs = only("env", "MY_KEY", "few")
  expect((await here.resolve(refs, settings(["MY_KEY"]), env)).failures).toEqual([])
  for (const allowlist of [["OTHER"], []]) {
    const { failures } = await here.resolve(refs, settings(allowlist), env)
    expect(failures[0]).toMatchObject({
      ref: "env:few:MY_KEY",
      reason: 'the allowlist of the provider "few" leaves MY_KEY out',
    })
  }
})

test("names that every object has are no variables", async () => {
  using here = vault()
  const { failures } = await here.resolve(only("env", "CONSTRUCTOR"), {}, {})
  expect(failures).toHaveLength(1)
})

test("the gateway's own variables open the gateway and nothing else", async () => {
  using here = vault()
  const ref = { source: "env" as const, id: "FASED_GATEWAY_TOKEN" }
  const env = { FASED_GATEWAY_TOKEN: "sesame", FASED_LIVE_OPENAI_KEY: "key" }
  const { secrets, failures } = await here.resolve(
    {
      "gateway.auth.token": ref,
      "gateway.remote.token": ref,
      "models.providers.x.apiKey": ref,
      "models.providers.y.apiKey": { source: "env", id: "FASED_LIVE_OPENAI_KEY" },
    },
    {},
    env,
  )
  expect(secrets).toEqual({
    "gateway.auth.token": "sesame",
    "gateway.remote.token": "sesame",
    "models.providers.y.apiKey": "key",
  })
  expect(failures[0]).toMatchObject({
    path: "models.providers.x.apiKey",
    reason: "FASED_GATEWAY_TOKEN is fased's own and only for gateway.auth and gateway.remote",
  })
})
