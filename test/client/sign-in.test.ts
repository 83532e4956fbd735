import { expect, test } from "bun:test"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { signIn } from "../../src/client/sign-in.ts"
import { freshCertificate } from "../support/certificates.ts"
import { startFakeGateway, type FakeOptions } from "../support/fake-gateway.ts"
import { temporaryHome } from "../support/gateway.ts"

const version = "0.0.0-test"

/** A gateway that is elsewhere by its address, and gives every device the token `device-token`. */
const farGateway = async (options: FakeOptions = {}) => {
  const { pem, fingerprint } = await freshCertificate()
  const gateway = startFakeGateway({
    pem,
    hello: { auth: { role: "operator", scopes: [], deviceToken: "device-token" } },
    ...options,
  })
  const at = { url: gateway.url.replace("127.0.0.1", "0.0.0.0"), tlsFingerprint: fingerprint }
  return { ...gateway, at }
}

const file = (state: string) => join(state, "identity", "device-auth.json")

test("a device token is kept for the owner only, and signs the device in from then on", async () => {
  await using home = await temporaryHome()
  await using gateway = await farGateway()
  await (await signIn(home.path, { ...gateway.at, token: "shared", version })).close()
  await (await signIn(home.path, { ...gateway.at, version })).close()
  expect(gateway.connects.map(({ auth }) => auth)).toEqual([
    { token: "shared" },
    { deviceToken: "device-token" },
  ])
  expect(statSync(file(home.path)).mode & 0o777).toBe(0o600)
  expect(readFileSync(file(home.path), "utf8")).not.toContain("shared")
})

test("a password goes along with the device token, a shared token goes alone", async () => {
  await using home = await temporaryHome()
  await using gateway = await farGateway()
  await (await signIn(home.path, { ...gateway.at, password: "p", version })).close()
  await (await signIn(home.path, { ...gateway.at, password: "p", version })).close()
  await (await signIn(home.path, { ...gateway.at, token: "t", version })).close()
  expect(gateway.connects.map(({ auth }) => auth)).toEqual([
    { password: "p" },
    { password: "p", deviceToken: "device-token" },
    { token: "t" },
  ])
})

test("each gateway gets its own token and no other's", async () => {
  await using home = await temporaryHome()
  await using first = await farGateway()
  await using second = await farGateway()
  await (await signIn(home.path, { ...first.at, token: "t", version })).close()
  await (await signIn(home.path, { ...second.at, version })).close()
  expect(second.connects.map(({ auth }) => auth)).toEqual([{}])
})

test("a gateway on this machine is shown neither device nor device token, and none is kept", async () => {
  await using home = await temporaryHome()
  await using gateway = startFakeGateway({ hello: { auth: { deviceToken: "device-token" } } })
  for (const token of ["t", undefined])
    await (await signIn(home.path, { url: gateway.url, token, version })).close()
  expect(gateway.connects.map(({ auth, device }) => [auth, device])).toEqual([
    [{ token: "t" }, undefined],
    [{}, undefined],
  ])
  expect(() => statSync(file(home.path))).toThrow("ENOENT")
})

const mismatch = { message: "unauthorized: token mismatch", code: "AUTH_TOKEN_MISMATCH" }

test("a wrong shared token is followed by the kept device token, once, where the certificate is pinned", async () => {
  await using home = await temporaryHome()
  await using gateway = await farGateway({
    turnAway: ({ auth }) => (auth?.token === "rotated" ? mismatch : undefined),
  })
  await (await signIn(home.path, { ...gateway.at, token: "right", version })).close()
  await (await signIn(home.path, { ...gateway.at, token: "rotated", version })).close()
  expect(gateway.connects.slice(1).map(({ auth }) => auth)).toEqual([
    { token: "rotated" },
    { deviceToken: "device-token" },
  ])
})

test("without a pin a wrong shared token is the end of it", async () => {
  await using home = await temporaryHome()
  await using gateway = startFakeGateway({
    hello: { auth: { deviceToken: "device-token" } },
    turnAway: ({ auth }) => (auth?.token === "wrong" ? mismatch : undefined),
  })
  const at = { url: gateway.url.replace("127.0.0.1", "0.0.0.0"), allowPlaintext: true, version }
  await (await signIn(home.path, { ...at, token: "right" })).close()
  await expect(signIn(home.path, { ...at, token: "wrong" })).rejects.toMatchObject({
    code: "client.unauthorized",
  })
  expect(gateway.connects).toHaveLength(2)
})

test("two refusals are told as they came, not tried a third time", async () => {
  await using home = await temporaryHome()
  let isOpen = true
  await using gateway = await farGateway({ turnAway: () => (isOpen ? undefined : mismatch) })
  await (await signIn(home.path, { ...gateway.at, token: "t", version })).close()
  isOpen = false
  await expect(signIn(home.path, { ...gateway.at, token: "t", version })).rejects.toMatchObject({
    code: "client.unauthorized",
  })
  expect(gateway.connects).toHaveLength(3)
})

test("a device token the gateway no longer knows is forgotten", async () => {
  await using home = await temporaryHome()
  let isOpen = true
  const revoked = { message: "device token mismatch", code: "AUTH_DEVICE_TOKEN_MISMATCH" }
  await using gateway = await farGateway({ turnAway: () => (isOpen ? undefined : revoked) })
  await (await signIn(home.path, { ...gateway.at, token: "t", version })).close()
  isOpen = false
  await expect(signIn(home.path, { ...gateway.at, version })).rejects.toMatchObject({
    code: "client.unauthorized",
  })
  await expect(signIn(home.path, { ...gateway.at, version })).rejects.toThrow()
  expect(gateway.connects.at(-1)!.auth).toEqual({})
})

test.each(["", "[]", '{"version":2}', '{"version":1,"gateways":{"x":{"operator":7}}}'])(
  "a token file that reads %p holds no token, and is written anew",
  async (text) => {
    await using home = await temporaryHome()
    await using gateway = await farGateway()
    await (await signIn(home.path, { ...gateway.at, token: "t", version })).close()
    writeFileSync(file(home.path), text)
    await (await signIn(home.path, { ...gateway.at, version })).close()
    await (await signIn(home.path, { ...gateway.at, version })).close()
    expect(gateway.connects.slice(1).map(({ auth }) => auth)).toEqual([
      {},
      { deviceToken: "device-token" },
    ])
  },
)
