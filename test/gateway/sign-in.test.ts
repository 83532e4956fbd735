import { describe, expect, test } from "bun:test"
import { startGateway, testToken } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

const password = "correct horse battery staple"
const wrong = "wrong-but-long-enough"

const modes = {
  token: { config: {} },
  password: {
    config: { gateway: { auth: { mode: "password", password } } },
    client: { token: undefined, password },
  },
  none: { start: { auth: "none" }, client: { token: undefined } },
} as const

const missing = "NOT_PAIRED DEVICE_IDENTITY_REQUIRED 1008"

describe.each([
  [
    "token",
    [
      [{ token: testToken }, "let in"],
      [{ password: testToken }, "let in"],
      [{ token: "", password: testToken }, "let in"],
      [{ token: testToken, password: wrong }, "let in"],
      [{ token: wrong }, "INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008"],
      [{ token: wrong, password: testToken }, "INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008"],
      [{ token: testToken.slice(0, -1) }, "INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008"],
      [{ token: ` ${testToken}` }, "INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008"],
      [{ token: "undefined" }, "INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008"],
      [{ token: "   " }, "INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008"],
      [{ token: "" }, missing],
      [{}, missing],
      [undefined, missing],
      [{ deviceToken: testToken }, missing],
      [{ bootstrapToken: testToken }, missing],
    ],
  ],
  [
    "password",
    [
      [{ password }, "let in"],
      [{ token: password }, "let in"],
      [{ password: wrong }, "INVALID_REQUEST AUTH_PASSWORD_MISMATCH 1008"],
      [{ password: password.toUpperCase() }, "INVALID_REQUEST AUTH_PASSWORD_MISMATCH 1008"],
      [{ token: testToken }, "INVALID_REQUEST AUTH_PASSWORD_MISMATCH 1008"],
      [{ password: "" }, missing],
      [undefined, missing],
    ],
  ],
  [
    "none",
    [
      [undefined, "let in"],
      [{ token: wrong }, "let in"],
    ],
  ],
] as const)("auth %s", (mode, rows) => {
  test("lets in who has the secret, and says what was wrong with the rest", async () => {
    await using gateway = await startGateway(modes[mode] as Parameters<typeof startGateway>[0])
    const found: unknown[] = []
    for (const [auth] of rows) {
      await using socket = await attempt(gateway.wsUrl, connectWith({ auth }))
      found.push([auth, await refusalOf(socket)])
    }
    expect(found).toEqual(rows.map((row) => [...row]))
  })
})

test("a refusal names the next step and never the secret", async () => {
  await using gateway = await startGateway()
  await using socket = await attempt(gateway.wsUrl, connectWith({ auth: { token: wrong } }))
  expect(socket.answer?.error).toMatchObject({
    message: "unauthorized: gateway token mismatch (set the one in gateway.auth.token)",
    details: { recommendedNextStep: "update_auth_credentials" },
  })
  expect((await socket.closed).reason).toStartWith("unauthorized: gateway token mismatch")
  const said = JSON.stringify(socket.frames)
  expect(said).not.toContain(testToken)
  expect(said).not.toContain(wrong)
})

test("a wrong token costs the same way whether a device comes with it or not", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const auth = { token: wrong }
  await using without = await attempt(gateway.wsUrl, connectWith({ auth }))
  await using withOne = await attempt(gateway.wsUrl, (nonce) =>
    device.connect({ auth, nonce, signedAt: Date.now() }),
  )
  expect(await refusalOf(without)).toBe("INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008")
  expect(await refusalOf(withOne)).toBe("INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008")
})

const ids = ["cli", "gateway-client", "fased-tui", "test", "node-host", "openclaw-probe"]
const modesOfClients = ["cli", "backend", "ui", "probe", "test", "node", "webchat"]

test("who a client says it is changes nothing about what it may do", async () => {
  await using gateway = await startGateway()
  const scopes = ["operator.read"]
  for (const id of ids)
    for (const mode of modesOfClients) {
      const client = { id, mode, version: "1", platform: "any" }
      await using right = await attempt(gateway.wsUrl, connectWith({ client, scopes }))
      expect(right.answer?.payload.auth, `${id}/${mode}`).toEqual({
        method: "token",
        role: "operator",
        scopes,
      })
      await using none = await attempt(gateway.wsUrl, connectWith({ client, auth: {} }))
      expect(await refusalOf(none), `${id}/${mode}`).toBe(missing)
    }
})

test("scopes nobody knows are not granted, and a scope asked for twice is granted once", async () => {
  await using gateway = await startGateway()
  const scopes = ["operator.read", "operator.root", "admin", "operator.read", "*"]
  await using socket = await attempt(gateway.wsUrl, connectWith({ scopes }))
  expect(socket.answer?.payload.auth.scopes).toEqual(["operator.read"])
})

test("an address with a secret in it is refused, and the log does not repeat it", async () => {
  await using gateway = await startGateway()
  const { url, logFile } = gateway.running
  for (const path of ["?token=", "ws?token=", "hooks/x?a=1&token=", "chat?password=", "?TOKEN="])
    expect((await fetch(`${url}${path}${testToken}`)).status, path).toBe(400)
  const upgraded = attempt(`${gateway.wsUrl}?token=${testToken}`)
  await expect(upgraded).rejects.toThrow()
  await gateway.stop()
  const logged = await Bun.file(logFile).text()
  expect(logged).toContain("SECRET_IN_ADDRESS")
  expect(logged).not.toContain(testToken)
})
