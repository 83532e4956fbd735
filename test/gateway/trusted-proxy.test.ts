import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { start } from "../../src/app.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

const origin = "https://fased.example"
const identity = {
  userHeader: "X-Forwarded-User",
  requiredHeaders: ["X-Team"],
  allowUsers: ["ada"],
}
const config = (more: object = {}, auth: object = {}) => ({
  gateway: {
    mode: "local",
    bind: "lan",
    trustedProxies: ["127.0.0.1"],
    controlUi: { allowedOrigins: [origin] },
    auth: { mode: "trusted-proxy", token: testToken, trustedProxy: identity, ...auth },
    ...more,
  },
})

const ada = { "x-forwarded-for": "192.0.2.7", "x-forwarded-user": "ada", "x-team": "core" }
const page = { id: "fased-control-ui", version: "1", platform: "web", mode: "webchat" }
const noSecret = connectWith({ auth: {} })

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ config: config() })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const knocking = async (headers: Record<string, string>, params: object = noSecret) => {
  await using socket = await attempt(gateway.wsUrl, params, headers)
  const { code, details } = socket.answer?.error ?? {}
  return socket.answer?.ok
    ? "let in"
    : [code, details?.code, details?.reason ?? ""].join(" ").trim()
}

const refused = (reason: string) => `INVALID_REQUEST AUTH_UNAUTHORIZED ${reason}`

describe("a proxy that signs people in", () => {
  test.each([
    ["lets in whom it names", ada, "let in"],
    [
      "must be one of ours",
      { ...ada, "x-forwarded-for": "127.0.0.1, x" },
      refused("trusted_proxy_untrusted_source"),
    ],
    [
      "must name somebody",
      { ...ada, "x-forwarded-user": "" },
      refused("trusted_proxy_user_missing"),
    ],
    [
      "must send what is required",
      { ...ada, "x-team": "" },
      refused("trusted_proxy_missing_header_X-Team"),
    ],
    [
      "must name somebody who may",
      { ...ada, "x-forwarded-user": "eve" },
      refused("trusted_proxy_user_not_allowed"),
    ],
  ])("%s", async (_, headers, outcome) => {
    expect(await knocking(headers)).toBe(outcome)
  })

  test("serves the Control UI without pairing, from its own origin only", async () => {
    const params = connectWith({ client: page, auth: {} })
    expect(await knocking({ ...ada, origin }, params)).toBe("let in")
    expect(await knocking({ ...ada, origin: "https://evil.example" }, params)).toBe(
      "INVALID_REQUEST CONTROL_UI_ORIGIN_NOT_ALLOWED",
    )
    const stored = connectWith({ client: page, auth: { token: "an-old-token-the-page-kept" } })
    expect(await knocking({ ...ada, origin }, stored)).toBe("let in")
  })

  test("says on hello-ok how the client came in", async () => {
    await using socket = await attempt(gateway.wsUrl, noSecret, ada)
    expect(socket.answer?.payload).toMatchObject({
      auth: { method: "trusted-proxy", role: "operator", scopes: ["operator.admin"] },
      snapshot: { authMode: "trusted-proxy" },
    })
    expect(socket.answer?.payload.auth.deviceToken).toBeUndefined()
  })

  test("brings no node in without pairing, nor without a device", async () => {
    expect(await knocking(ada, connectWith({ role: "node", auth: {} }))).toBe(
      "NOT_PAIRED DEVICE_IDENTITY_REQUIRED",
    )
    const device = rawDevice()
    await using socket = await attempt(
      gateway.wsUrl,
      (nonce) => device.connect({ role: "node", scopes: [], nonce, signedAt: Date.now() }),
      ada,
    )
    expect(await refusalOf(socket)).toBe("NOT_PAIRED PAIRING_REQUIRED 1008")
  })

  test("makes no secret count for whoever it brings", async () => {
    const guess = connectWith({ auth: { token: testToken } })
    expect(await knocking({ ...ada, "x-forwarded-user": "eve" }, guess)).toBe(
      refused("trusted_proxy_user_not_allowed"),
    )
  })
})

describe("on the gateway's own machine", () => {
  test("programs show the token, which no proxy stands in front of", async () => {
    expect(await knocking({}, connectWith())).toBe("let in")
    expect(await knocking({}, connectWith({ auth: { token: "not-the-token-at-all" } }))).toBe(
      "INVALID_REQUEST AUTH_TOKEN_MISMATCH",
    )
    expect(await knocking({})).toBe(refused("trusted_proxy_untrusted_source"))
  })

  test("a page still needs a device of its own", async () => {
    const params = connectWith({ client: page })
    const local = { origin: `http://localhost:${gateway.running.port}` }
    expect(await knocking(local, params)).toBe("NOT_PAIRED CONTROL_UI_DEVICE_IDENTITY_REQUIRED")
  })
})

describe("over HTTP", () => {
  const ready = async (headers: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${gateway.running.port}/readyz`, { headers })
    const body = await response.json()
    return [response.status, body.error?.code ?? ("uptimeMs" in body ? "told" : "not told")]
  }
  const asked = { authorization: "Bearer nothing" }

  test("whom the proxy names is told what others are not", async () => {
    expect(await ready({ ...ada, ...asked })).toEqual([200, "told"])
    expect(await ready({ "x-forwarded-for": "192.0.2.7" })).toEqual([200, "not told"])
    expect(await ready({ ...ada, ...asked, "x-forwarded-user": "eve" })).toEqual([
      401,
      "trusted_proxy_user_not_allowed",
    ])
  })

  test("another site's page is not, whoever it is signed in as", async () => {
    const foreign = { ...ada, ...asked }
    expect(await ready({ ...foreign, origin: "https://evil.example" })).toEqual([
      403,
      "origin_not_allowed",
    ])
    expect(await ready({ ...foreign, "sec-fetch-site": "cross-site" })).toEqual([
      403,
      "origin_not_allowed",
    ])
    expect(await ready({ ...foreign, origin, "sec-fetch-site": "same-origin" })).toEqual([
      200,
      "told",
    ])
  })
})

test.each([
  [
    "on loopback",
    config({ bind: "loopback" }),
    "refusing gateway.auth.mode trusted-proxy on loopback",
  ],
  ["without a proxy", config({ trustedProxies: [] }), "but gateway.trustedProxies is empty"],
  ["without a header", config({}, { trustedProxy: {} }), "trustedProxy.userHeader is not set"],
  ["with a weak token", config({}, { token: "short" }), "token cannot be used: it is shorter"],
])("does not start %s", async (_, config, why) => {
  await using home = await temporaryHome()
  const env = { HOME: home.path }
  const paths = resolvePaths(env)
  writeFileAtomic(paths.config, JSON.stringify(config))
  await expect(start({ paths, env, version: "0", port: 0 })).rejects.toThrow(why)
})
