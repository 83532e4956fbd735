import { expect, test } from "bun:test"
import { resolveTarget } from "../../src/client/target.ts"
import type { TargetSources } from "../../src/client/target.ts"

const everything: TargetSources = {
  flags: { port: 1111, token: "flag" },
  env: { FASED_GATEWAY_PORT: "2222", FASED_GATEWAY_TOKEN: "env", FASED_GATEWAY_PASSWORD: "env-pw" },
  gateway: {
    port: 3333,
    auth: { token: "config", password: "config-pw" },
    remote: { url: "wss://far.example.com/", token: "remote", password: "remote-pw" },
  },
  defaultPort: 18789,
}

test("the port comes from the flag, then the environment, the running gateway, the config, the default", () => {
  const ports = [
    everything,
    { ...everything, flags: {} },
    { ...everything, flags: {}, env: {}, announcedPort: 4444 },
    { ...everything, flags: {}, env: {} },
    { flags: {}, env: { FASED_GATEWAY_PORT: "not a port" }, defaultPort: 18789 },
  ].map((sources) => resolveTarget(sources).url)
  expect(ports).toEqual([1111, 2222, 4444, 3333, 18789].map((port) => `ws://127.0.0.1:${port}`))
})

test("a local gateway's token comes from the flag, the environment, auth, then remote", () => {
  const { auth, ...withoutAuth } = everything.gateway!
  const tokens = [
    everything,
    { ...everything, flags: {} },
    { ...everything, flags: {}, env: {} },
    { ...everything, flags: {}, env: {}, gateway: withoutAuth },
    { env: {}, defaultPort: 1 },
  ].map((sources) => resolveTarget(sources))
  expect(tokens.map(({ token }) => token)).toEqual(["flag", "env", "config", "remote", undefined])
  expect(tokens.map(({ credential }) => credential)).toEqual([
    "--token",
    "FASED_GATEWAY_TOKEN",
    "gateway.auth.token",
    "gateway.remote.token",
    "none found",
  ])
  expect(auth).toBeDefined()
})

test("a remote gateway's token comes from remote first, its password from the environment first", () => {
  const gateway = { ...everything.gateway, mode: "remote" }
  expect(resolveTarget({ ...everything, flags: {}, gateway })).toEqual({
    url: "wss://far.example.com",
    token: "remote",
    password: "env-pw",
    kind: "remote",
    credential: "gateway.remote.token",
  })
})

test("--url never gets this machine's secrets, and without a credential of its own is refused", () => {
  const flags = { url: "wss://far.example.com" }
  expect(() => resolveTarget({ ...everything, flags })).toThrow("credential of its own")
  const target = resolveTarget({ ...everything, flags: { ...flags, password: "mine" } })
  expect(target).toMatchObject({ kind: "explicit", password: "mine" })
  expect(target.token).toBeUndefined()
})

test("an address pasted from the browser works", () => {
  const target = resolveTarget({
    ...everything,
    flags: { url: "https://far.example.com/", token: "t" },
  })
  expect(target.url).toBe("wss://far.example.com")
})

test("values of the wrong type in a broken config are ignored", () => {
  const gateway = {
    port: "x",
    auth: { token: { source: "env" } },
    remote: { url: 5 },
    mode: "remote",
  }
  expect(resolveTarget({ env: {}, gateway, defaultPort: 18789 })).toMatchObject({
    url: "ws://127.0.0.1:18789",
    credential: "none found",
  })
})
