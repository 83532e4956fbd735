/** N013 N014 N017 N018: the config changes while the gateway runs. */
import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { writeFileAtomic } from "../../src/store/files.ts"
import { listen } from "../support/chat.ts"
import { fakeModel } from "../support/fake-model.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"

const next = "another-token-0123456789abcdef0123456789"
const password = "correct horse battery staple"

const setAuth = ({ paths }: TestGateway, auth: object) => {
  const config = JSON.parse(readFileSync(paths.config, "utf8"))
  writeFileAtomic(paths.config, JSON.stringify({ ...config, gateway: { ...config.gateway, auth } }))
}
const withToken = (token: string) => connectWith({ auth: { token } })
const http = ({ running }: TestGateway, secret: string) =>
  fetch(`${running.url}ready`, { headers: { authorization: `Bearer ${secret}` } }).then(
    ({ status }) => status,
  )
const opens = async (gateway: TestGateway, auth: object) => {
  await using socket = await attempt(gateway.wsUrl, connectWith({ auth }))
  return socket.answer?.ok
}
/** Opens `count` sockets; resolves when the gateway has closed every one of them. */
const members = async (gateway: TestGateway, count = 3) => {
  const sockets = await Promise.all(
    Array.from({ length: count }, () => attempt(gateway.wsUrl, withToken(testToken))),
  )
  expect(sockets.map(({ answer }) => answer?.ok)).toEqual(sockets.map(() => true))
  return { shownOut: Promise.all(sockets.map(({ closed }) => closed)) }
}

test("N013 N014 a changed token ends what the old one opened, and opens what it should, with no restart", async () => {
  await using gateway = await startGateway()
  const { shownOut } = await members(gateway)
  const began = performance.now()
  setAuth(gateway, { mode: "token", token: next })
  const closed = await shownOut
  expect(performance.now() - began).toBeLessThan(3_000)
  expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1008]))
  expect(await opens(gateway, { token: testToken })).toBe(false)
  expect(await http(gateway, testToken)).toBe(401)
  expect(await opens(gateway, { token: next })).toBe(true)
  expect(await http(gateway, next)).toBe(200)
})

test("N013 another mode ends everybody's connection", async () => {
  await using gateway = await startGateway()
  const { shownOut } = await members(gateway)
  setAuth(gateway, { mode: "password", password })
  await shownOut
  expect(await opens(gateway, { token: testToken })).toBe(false)
  expect(await opens(gateway, { password })).toBe(true)
  expect(await http(gateway, password)).toBe(200)
})

test("N014 a browser's cookie ends with the token it was given for", async () => {
  await using gateway = await startGateway()
  const url = `${gateway.running.url}__fased__/session`
  const origin = gateway.running.url.replace(/\/$/, "")
  const response = await fetch(url, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ token: testToken }),
  })
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!
  const { shownOut } = await members(gateway, 1)
  setAuth(gateway, { mode: "token", token: next })
  await shownOut
  const after = await fetch(url, { headers: { cookie } })
  expect(await after.json()).toMatchObject({ signedIn: false })
})

test.each([
  ["blank", { mode: "token", token: "  " }],
  ["a placeholder", { mode: "token", token: "changeme" }],
  ["two secrets and no mode", { token: next, password }],
])("N017 a token that becomes %s closes the gateway to all", async (_, auth) => {
  await using gateway = await startGateway()
  const { shownOut } = await members(gateway)
  setAuth(gateway, auth)
  await shownOut
  for (const given of [
    {},
    { token: testToken },
    { token: "changeme" },
    { token: "  " },
    { password },
  ])
    expect(await opens(gateway, given), JSON.stringify(given)).toBe(false)
  for (const secret of [testToken, "changeme", password])
    expect(await http(gateway, secret)).toBe(401)
  await using device = await attempt(gateway.wsUrl, (nonce) =>
    rawDevice().connect({ auth: { token: testToken }, nonce, signedAt: Date.now() }),
  )
  expect(device.answer?.ok).toBe(false)
})

test("N018 a reference that leads nowhere keeps the last good secret, and opens nothing", async () => {
  await using gateway = await startGateway()
  setAuth(gateway, { mode: "token", token: "${N018_NOT_SET}" })
  expect(await opens(gateway, { token: "" })).toBe(false)
  expect(await opens(gateway, { token: "${N018_NOT_SET}" })).toBe(false)
  // A good reading after the bad one shows that the bad one has been looked at.
  const { shownOut } = await members(gateway, 1)
  setAuth(gateway, { mode: "token", token: next })
  await shownOut
  expect(await opens(gateway, { token: next })).toBe(true)
})

test("N102 a key whose provider loses its address goes nowhere until it changes", async () => {
  await using model = fakeModel({ turns: ["Here."] })
  await using gateway = await startGateway({
    config: {
      agents: { defaults: { skipBootstrap: true, model: "openai/fake-1" } },
      models: { providers: { openai: model.provider("openai-completions") } },
    },
  })
  const chat = listen(gateway.client)
  const setProvider = async (provider: object) => {
    const config = JSON.parse(readFileSync(gateway.paths.config, "utf8"))
    writeFileAtomic(
      gateway.paths.config,
      JSON.stringify({ ...config, models: { providers: { openai: provider } } }),
    )
    await gateway.running.reload()
  }
  expect(await chat.ask("Hello")).toMatchObject({ state: "final" })

  const { baseUrl, ...keyOnly } = model.provider("openai-completions")
  await setProvider(keyOnly)
  const refused = await chat.ask("And now?")
  expect(refused).toMatchObject({ state: "error", errorCode: "models.not-connected" })
  expect(refused.errorMessage).toContain("its address was removed and its key was not")
  expect(model.calls.length).toBe(1)

  await setProvider({ ...keyOnly, baseUrl })
  expect(await chat.ask("And now?")).toMatchObject({ state: "final" })
})
