import { afterAll, beforeAll, expect, test } from "bun:test"
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startGateway, temporaryHome, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

const origin = "https://box.tail1234.ts.net"

/** Knows one address, as `tailscale whois --json` tells it, and writes down what it was asked. */
const fakeTailscale = `#!/bin/sh
echo "$@" >> "$(dirname "$0")/asked"
case "$3" in
  100.64.0.7) echo '{"Node":{"Name":"laptop"},"UserProfile":{"ID":1,"LoginName":"ada@example.com"}}' ;;
  100.64.0.8) echo 'not json' ;;
  *) echo "peer not found" >&2; exit 1 ;;
esac
`

const tailnet = async (auth: object = {}) => {
  const home = await temporaryHome()
  const bin = join(home.path, "bin")
  mkdirSync(bin)
  writeFileSync(join(bin, "tailscale"), fakeTailscale)
  chmodSync(join(bin, "tailscale"), 0o755)
  const gateway = await startGateway({
    env: { PATH: `${bin}:/usr/bin:/bin` },
    config: {
      gateway: {
        auth: { mode: "token", token: testToken, allowTailscale: true, ...auth },
        controlUi: { allowedOrigins: [origin] },
      },
    },
    ...("password" in auth && { client: { token: undefined, password: auth.password as string } }),
  })
  return {
    gateway,
    asked: () => {
      try {
        return readFileSync(join(bin, "asked"), "utf8").trim().split("\n")
      } catch {
        return []
      }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

let net: Awaited<ReturnType<typeof tailnet>>
beforeAll(async () => void (net = await tailnet()))
afterAll(() => net[Symbol.asyncDispose]())

const serve = {
  host: "box.tail1234.ts.net",
  "x-forwarded-for": "100.64.0.7",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "box.tail1234.ts.net",
  "tailscale-user-login": "ada@example.com",
}
const device = rawDevice()
const knocking = async (
  headers: Record<string, string>,
  { gateway }: { gateway: TestGateway } = net,
  auth = {},
  from = rawDevice(),
) => {
  await using socket = await attempt(
    gateway.wsUrl,
    (nonce) => from.connect({ nonce, signedAt: Date.now(), auth }),
    headers,
  )
  return refusalOf(socket)
}

test("whom whois confirms needs no token, but a person's approval for a new device", async () => {
  expect(await knocking(serve, net, {}, device)).toBe("NOT_PAIRED PAIRING_REQUIRED 1008")
  expect(net.asked()).toEqual(["whois --json 100.64.0.7"])
  const { pending } = (await net.gateway.client.request("device.pair.list")) as {
    pending: { requestId: string; deviceId: string }[]
  }
  const { requestId } = pending.find(({ deviceId }) => deviceId === device.id)!
  await net.gateway.client.request("device.pair.approve", { requestId })
  expect(await knocking(serve, net, {}, device)).toBe("let in")
  expect(await knocking({ ...serve, origin }, net, {}, device)).toBe("let in")
})

test.each([
  ["whois names somebody else", { "tailscale-user-login": "eve@example.com" }, "IDENTITY_MISMATCH"],
  ["whois knows no such address", { "x-forwarded-for": "100.64.0.9" }, "WHOIS_FAILED"],
  ["whois says something else", { "x-forwarded-for": "100.64.0.8" }, "WHOIS_FAILED"],
  ["no user is named", { "tailscale-user-login": "" }, "IDENTITY_MISSING"],
  ["the address is a list", { "x-forwarded-for": "100.64.0.7, 1.2.3.4" }, "PROXY_MISSING"],
  ["the address is an option", { "x-forwarded-for": "--help" }, "PROXY_MISSING"],
  ["the protocol is not named", { "x-forwarded-proto": "" }, "PROXY_MISSING"],
  ["the host is not named", { "x-forwarded-host": "" }, "PROXY_MISSING"],
])("nobody gets in when %s", async (_, change, code) => {
  const before = net.asked().length
  const headers = { ...serve, ...change }
  expect(await knocking(headers)).toBe(`INVALID_REQUEST AUTH_TAILSCALE_${code} 1008`)
  if (code === "PROXY_MISSING") expect(net.asked()).toHaveLength(before)
})

test("a right token still counts where Tailscale's word does not", async () => {
  const headers = { ...serve, "tailscale-user-login": "eve@example.com" }
  expect(await knocking(headers, net, { token: testToken }, device)).toBe("let in")
})

test("who is confirmed is not at this machine, and without a device nobody", async () => {
  await using socket = await attempt(net.gateway.wsUrl, connectWith({ auth: {} }), serve)
  expect(await refusalOf(socket)).toBe("NOT_PAIRED DEVICE_IDENTITY_REQUIRED 1008")
})

test("HTTP calls need the token all the same", async () => {
  const response = await fetch(`http://127.0.0.1:${net.gateway.running.port}/readyz`, {
    headers: { ...serve, authorization: "Bearer x" },
  })
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ error: { code: "proxy_attribution_required" } })
})

test.each([
  ["switched off", { allowTailscale: false }],
  [
    "a password is asked for",
    { mode: "password", password: "correct horse battery", token: undefined },
  ],
])("the header means nothing when %s", async (_, auth) => {
  await using off = await tailnet(auth)
  const mode = "password" in auth ? "PASSWORD" : "TOKEN"
  expect(await knocking(serve, off)).toBe(`INVALID_REQUEST AUTH_${mode}_MISSING 1008`)
  expect(off.asked()).toEqual([])
})

test("whom the tailnet vouches for gets the page without signing in, and nobody else does", async () => {
  const page = async (headers: Record<string, string>) => {
    const html = await (await fetch(net.gateway.running.url, { headers })).text()
    return html.includes("<title>Sign in") ? "sign-in" : "app"
  }
  expect(await page(serve)).toBe("app")
  const login = "tailscale-user-login"
  expect(await page({ ...serve, [login]: "eve@example.com" })).toBe("sign-in")
  expect(await page({ ...serve, [login]: "" })).toBe("sign-in")
  expect(await page({ ...serve, "x-forwarded-for": "100.64.0.9" })).toBe("sign-in")
})
