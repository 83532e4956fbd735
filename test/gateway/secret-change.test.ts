import { describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { createSettings } from "../../src/config/create.ts"
import { sections } from "../../src/registry.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, rawSocket, refusalOf } from "../support/raw-socket.ts"

const newToken = "another-token-0123456789abcdef0123456789"
const password = "correct horse battery staple"

const configure = ({ paths }: TestGateway, gateway: object | string) =>
  writeFileSync(
    paths.config,
    typeof gateway === "string"
      ? gateway
      : JSON.stringify({ gateway: { mode: "local", ...gateway } }),
  )
const withToken = async ({ wsUrl }: TestGateway, token: string) => {
  await using socket = await attempt(wsUrl, connectWith({ auth: { token } }))
  return refusalOf(socket)
}
const httpStatus = async ({ running }: TestGateway, secret: string) =>
  (
    await fetch(`http://127.0.0.1:${running.port}/readyz`, {
      headers: { authorization: `Bearer ${secret}` },
    })
  ).status

/** Signed in with the token, with a device and without, and with the device's own token. */
const threeClients = async (gateway: TestGateway) => {
  const device = rawDevice()
  const plain = await attempt(gateway.wsUrl)
  const paired = await attempt(gateway.wsUrl, (nonce) =>
    device.connect({ nonce, signedAt: Date.now(), auth: { token: testToken } }),
  )
  const { deviceToken } = paired.answer!.payload.auth
  const own = await attempt(gateway.wsUrl, (nonce) =>
    device.connect({ nonce, signedAt: Date.now(), auth: { deviceToken } }),
  )
  expect([plain, paired, own].map(({ answer }) => answer?.ok)).toEqual([true, true, true])
  return { plain, paired, own }
}
const changed = { code: 1008, reason: "gateway auth changed" }

test("a token changed in the file lets the old one's clients go and takes the new one", async () => {
  await using gateway = await startGateway()
  const { plain, paired, own } = await threeClients(gateway)
  const began = performance.now()
  configure(gateway, { auth: { token: newToken } })
  expect([await plain.closed, await paired.closed]).toEqual([changed, changed])
  expect(performance.now() - began).toBeLessThan(1_000)
  expect(await withToken(gateway, testToken)).toBe("INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008")
  expect(await withToken(gateway, newToken)).toBe("let in")
  expect([await httpStatus(gateway, testToken), await httpStatus(gateway, newToken)]).toEqual([
    401, 200,
  ])
  expect(gateway.running.dashboardUrl).toEndWith(newToken)
  // A device's own token is no copy of the gateway's; it is revoked by itself.
  expect((await own.request("health", {}))?.ok).toBe(true)
  own.close()
})

test("a token behind a variable counts just the same", async () => {
  await using gateway = await startGateway({ env: { MY_TOKEN: newToken } })
  await using old = await attempt(gateway.wsUrl)
  configure(gateway, { auth: { token: "${MY_TOKEN}" } })
  expect(await old.closed).toEqual(changed)
  expect(await withToken(gateway, newToken)).toBe("let in")
})

test("so does one another process sets, as fased config set does", async () => {
  await using gateway = await startGateway()
  await using old = await attempt(gateway.wsUrl)
  const settings = await createSettings({ paths: gateway.paths, env: {}, sections, fetchSecrets })
  await settings.set("gateway.auth.token", newToken)
  expect(await old.closed).toEqual(changed)
  expect(await withToken(gateway, testToken)).toBe("INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008")
  expect(await withToken(gateway, newToken)).toBe("let in")
})

describe.each([
  ["blank", { auth: { token: "  " } }, "AUTH_TOKEN_NOT_CONFIGURED"],
  ["gone", {}, "AUTH_TOKEN_NOT_CONFIGURED"],
  ["a placeholder", { auth: { token: "undefined" } }, "AUTH_TOKEN_NOT_CONFIGURED"],
  ["one of two", { auth: { token: newToken, password } }, "AUTH_PASSWORD_NOT_CONFIGURED"],
  [
    "a proxy's on loopback",
    { auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x" } } },
    "AUTH_UNAUTHORIZED",
  ],
])("a new secret that is %s", (_, gateway, code) => {
  test("closes the door to everyone until it is mended", async () => {
    await using running = await startGateway()
    const { plain, paired, own } = await threeClients(running)
    configure(running, gateway)
    const closes = [await plain.closed, await paired.closed, await own.closed]
    expect(closes).toEqual([changed, changed, changed])
    for (const token of [testToken, newToken, "undefined"])
      expect(await withToken(running, token)).toBe(`INVALID_REQUEST ${code} 1008`)
    expect(await httpStatus(running, testToken)).toBe(401)
    await using waiting = await attempt(running.wsUrl, connectWith({ auth: {} }))
    expect(waiting.answer?.ok).toBe(false)

    configure(running, { auth: { token: newToken } })
    await until(async () => (await withToken(running, newToken)) === "let in")
  })
})

test("of a file nobody can read, the last good one stands", async () => {
  await using gateway = await startGateway()
  await using client = await attempt(gateway.wsUrl)
  for (const text of [
    "{ gateway: {",
    '{ gateway: { mode: "local", auth: { token: 7 } } }',
    '{ gateway: { mode: "local", auth: { token: "${NOT_SET_ANYWHERE}" } } }',
  ]) {
    configure(gateway, text)
    const state = (await gateway.client.request("config.get")) as { valid: boolean }
    expect(state.valid).toBe(false)
    expect((await client.request("health", {}))?.ok).toBe(true)
    expect(await withToken(gateway, testToken)).toBe("let in")
  }
})

test("another mode lets everyone go, paired devices included", async () => {
  await using gateway = await startGateway()
  const { plain, own } = await threeClients(gateway)
  configure(gateway, { auth: { mode: "password", password } })
  expect([await plain.closed, await own.closed]).toEqual([changed, changed])
  await using client = await attempt(gateway.wsUrl, connectWith({ auth: { password } }))
  expect(client.answer?.payload.snapshot.authMode).toBe("password")
})

test("whoever is still at the handshake starts over", async () => {
  await using gateway = await startGateway()
  await using waiting = await rawSocket(gateway.wsUrl)
  configure(gateway, { auth: { token: newToken } })
  expect(await waiting.closed).toEqual(changed)
})

/** Looks until it is so. */
const until = async (isSo: () => Promise<boolean>) => {
  for (let looks = 0; !(await isSo()); looks++) {
    if (looks === 200) throw new Error("it never came to be")
    await Bun.sleep(10)
  }
}
