/** The methods that keep sign-ins, on a gateway. */
import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { listen, textOf } from "../../support/chat.ts"
import { fakeModel } from "../../support/fake-model.ts"
import { startGateway } from "../../support/gateway.ts"

type Result = Record<string, unknown>

const start = async (config: Record<string, unknown> = {}) => {
  const gateway = await startGateway({ config })
  const call = async (name: string, params: object = {}) =>
    (await gateway.client.request(`models.auth.${name}`, params)) as Result
  const of = async (provider: string, params: object = {}) => {
    const { providers } = (await call("status", params)) as { providers: Result[] }
    return providers.find((one) => one.provider === provider)
  }
  return { gateway, call, of, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
}

const key = { provider: "openai", mode: "api_key", secret: "sk-test-0123456789" }

test("a stored key connects its provider, shows without the key, and is gone when cleared", async () => {
  await using place = await start()
  expect(await place.of("openai")).toMatchObject({ status: "missing" })
  expect(await place.call("store", { ...key, profileId: "openai:work", email: "a@b.c" })).toEqual({
    ok: true,
    profileId: "openai:work",
    provider: "openai",
    mode: "api_key",
  })
  const shown = await place.of("openai")
  expect(shown).toMatchObject({
    status: "static",
    effective: { kind: "profiles", detail: "openai:work" },
    profiles: [
      { profileId: "openai:work", type: "api_key", label: "openai:work (a@b.c)", source: "store" },
    ],
  })
  expect(JSON.stringify(shown)).not.toContain(key.secret)
  const { models } = (await place.gateway.client.request("models.list", {
    provider: "openai",
  })) as { models: { available: boolean }[] }
  expect(models[0]!.available).toBe(true)
  const clear = () => place.call("clear", { profileId: "openai:work" })
  expect(await clear()).toMatchObject({ cleared: true })
  expect(await clear()).toMatchObject({ cleared: false })
  expect(await place.of("openai")).toMatchObject({ status: "missing", profiles: [] })
})

test.each([
  ["openai", { profileId: "openai" }],
  ["another provider's name", { profileId: "anthropic:default" }],
  ["a path", { profileId: "openai:../../x" }],
  ["a prototype key", { profileId: "__proto__" }],
  ["a key with a line break", { secret: "sk-one\nsk-two-0123" }],
  ["a blank key", { secret: "            " }],
  ["a sign-in from outside", { mode: "oauth" }],
  ["an agent that is a path", { agentId: "../main" }],
])("%s is refused and nothing is kept", async (_, wrong) => {
  await using place = await start()
  await expect(
    place.call("store", { ...key, profileId: "openai:default", ...wrong }),
  ).rejects.toThrow()
  expect(await place.of("openai")).toMatchObject({ profiles: [] })
})

test("who may only read or write keeps and forgets no key", async () => {
  await using place = await start()
  for (const scope of ["operator.read", "operator.write"]) {
    const client = await place.gateway.connect({ scopes: [scope] })
    for (const [name, params] of [
      ["store", { ...key, profileId: "openai:default" }],
      ["clear", { profileId: "openai:default" }],
      ["configure", { provider: "openai", secret: key.secret }],
      ["interactive.start", { provider: "openai-codex" }],
      ["order.set", { provider: "openai", order: ["openai:default"] }],
    ] as const)
      await expect(client.request(`models.auth.${name}`, params)).rejects.toThrow("operator.admin")
  }
})

test("an order is kept for its agent, and names only profiles there are", async () => {
  await using place = await start({ agents: { list: [{ id: "main" }, { id: "ops" }] } })
  for (const name of ["a", "b"]) await place.call("store", { ...key, profileId: `openai:${name}` })
  const wish = { provider: "openai", order: ["openai:b", "openai:a"] }
  expect(await place.call("order.set", { ...wish, agentId: "ops" })).toMatchObject({
    effective: ["openai:b", "openai:a"],
  })
  expect(await place.call("order.get", { provider: "openai" })).toMatchObject({
    order: null,
    effective: ["openai:a", "openai:b"],
  })
  await expect(place.call("order.set", { ...wish, order: ["openai:x"] })).rejects.toThrow(
    'no auth profile "openai:x"',
  )
  expect(await place.call("order.clear", { provider: "openai", agentId: "ops" })).toMatchObject({
    order: null,
  })
})

test("configure connects a server of one's own: key apart from the config, model as the default", async () => {
  await using model = fakeModel({ turns: ["Hello."] })
  await using place = await start()
  const wish = {
    provider: "custom",
    customProviderId: "mine",
    baseUrl: `${model.url}/v1`,
    modelId: "fake-1",
    compatibility: "openai",
    secret: "sk-of-mine-0123456789",
    setDefaultModel: true,
  }
  await expect(place.call("configure", wish)).rejects.toThrow("private network")
  expect(await place.call("configure", { ...wish, allowPrivateNetwork: true })).toMatchObject({
    ok: true,
    provider: "mine",
    configured: true,
    profileId: "mine:default",
    defaultModel: "mine/fake-1",
  })
  expect(readFileSync(place.gateway.paths.config, "utf8")).not.toContain("sk-of-mine")
  expect(textOf(await listen(place.gateway.client).ask("hi"))).toBe("Hello.")
  expect(model.calls[0]!.headers.authorization).toBe("Bearer sk-of-mine-0123456789")
  await model.close()
})

test("a key that is kept elsewhere than in the config goes before the environment's", async () => {
  await using place = await start()
  await place.call("store", { ...key, profileId: "openai:default" })
  const { detail } = (await place.of("openai"))!.effective as { detail: string }
  expect(detail).toBe("openai:default")
})

test("tokens say when they end", async () => {
  await using place = await start()
  const token = { provider: "anthropic", mode: "token", secret: "sk-ant-oat01-abcdefgh" }
  const store = (expiresAtMs: number) =>
    place.call("store", { ...token, profileId: "anthropic:default", expiresAtMs })
  await store(Date.now() + 3_600_000)
  expect(await place.of("anthropic")).toMatchObject({ status: "expiring" })
  await store(Date.now() - 1)
  expect(await place.of("anthropic")).toMatchObject({ status: "expired" })
  await store(Date.now() + 90 * 86_400_000)
  expect(await place.of("anthropic")).toMatchObject({ status: "ok" })
})

test("a Claude subscription's token is sent as a bearer with the header it needs", async () => {
  await using model = fakeModel({ turns: ["Hello."] })
  const { apiKey: _, ...anthropic } = model.provider("anthropic-messages")
  await using place = await start({
    agents: { defaults: { skipBootstrap: true, model: "anthropic/fake-1" } },
    models: { mode: "replace", providers: { anthropic } },
  })
  const secret = "sk-ant-oat01-abcdefgh"
  const token = { provider: "anthropic", mode: "token", secret }
  await place.call("store", { ...token, profileId: "anthropic:default" })
  expect(textOf(await listen(place.gateway.client).ask("hi"))).toBe("Hello.")
  const { headers } = model.calls[0]!
  expect(headers.authorization).toBe(`Bearer ${secret}`)
  expect(headers["x-api-key"]).toBeUndefined()
  expect(headers["anthropic-beta"]).toContain("oauth-2025-04-20")
  await model.close()
})
