/** N014 N017 N018 with secrets that are kept elsewhere, on a running gateway. */
import { expect, test } from "bun:test"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { start } from "../../src/app.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { unresolved } from "../../src/secrets/faults.ts"
import { reload } from "../../src/secrets/methods.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome, testToken, type TestGateway } from "../support/gateway.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"

const next = "another-token-0123456789abcdef0123456789"

const keep = (home: string, token: string) =>
  writeFileAtomic(join(home, ".fased/secrets.json"), JSON.stringify({ gateway: { token } }))

/** A command that answers with what stands in a file. */
const helper = (home: string) => {
  const path = join(home, "helper")
  const script = `#!/bin/sh
printf '{"protocolVersion":1,"values":{"gateway/token":"%s"}}' "$(cat '${home}/token')"
`
  writeFileSync(path, script, { mode: 0o700 })
  return path
}

const writeAuth = ({ paths }: TestGateway, token: unknown) => {
  const config = JSON.parse(readFileSync(paths.config, "utf8"))
  config.gateway.auth.token = token
  writeFileAtomic(paths.config, JSON.stringify(config))
}

interface Way {
  kept: (home: string) => { token: unknown; secrets?: object }
  change: (gateway: TestGateway) => unknown
}

const ways: Record<string, Way> = {
  "in the config": {
    kept: () => ({ token: testToken }),
    change: (gateway) => writeAuth(gateway, next),
  },
  "in a variable": {
    kept: () => ({ token: { source: "env", id: "OLD_TOKEN" } }),
    change: (gateway) => writeAuth(gateway, { source: "env", id: "NEW_TOKEN" }),
  },
  "in a file": {
    kept(home) {
      keep(home, testToken)
      return { token: { source: "file", id: "/gateway/token" } }
    },
    change({ home, client }) {
      keep(home, next)
      return client.request("secrets.reload", {})
    },
  },
  "by a command": {
    kept(home) {
      writeFileSync(join(home, "token"), testToken)
      return {
        token: { source: "exec", provider: "safe", id: "gateway/token" },
        secrets: { providers: { safe: { source: "exec", command: helper(home) } } },
      }
    },
    change({ home, client }) {
      writeFileSync(join(home, "token"), next)
      return client.request("secrets.reload", {})
    },
  },
}

/** A gateway whose token is kept so. What an old shell exports beside it counts for nothing. */
const gatewayWith = async (home: string, { kept }: Way, env: Record<string, string> = {}) => {
  const { token, secrets } = kept(home)
  return startGateway({
    home,
    config: { gateway: { auth: { mode: "token", token } }, ...(secrets && { secrets }) },
    env: { OLD_TOKEN: testToken, NEW_TOKEN: next, ...env },
  })
}

const http = ({ running }: TestGateway, secret: string) =>
  fetch(`${running.url}ready`, { headers: { authorization: `Bearer ${secret}` } }).then(
    ({ status }) => status,
  )
const opens = async (gateway: TestGateway, token: string) => {
  await using socket = await attempt(gateway.wsUrl, connectWith({ auth: { token } }))
  return socket.answer?.ok
}
const lets = async (gateway: TestGateway, token: string) => ({
  http: await http(gateway, token),
  socket: await opens(gateway, token),
})
const inside = { http: 200, socket: true }
const outside = { http: 401, socket: false }

for (const [where, way] of Object.entries(ways))
  test(`N014 a token kept ${where} that changes lets the new one in and the old one out, with no restart`, async () => {
    await using folder = await temporaryHome()
    await using gateway = await gatewayWith(folder.path, way)
    expect(await lets(gateway, testToken)).toEqual(inside)
    expect(await lets(gateway, next)).toEqual(outside)
    const socket = await attempt(gateway.wsUrl, connectWith({ auth: { token: testToken } }))
    // The client that asks for it may be shown out before it is answered.
    await Promise.allSettled([way.change(gateway)])
    expect((await socket.closed).code).toBe(1008)
    expect(await lets(gateway, testToken)).toEqual(outside)
    expect(await lets(gateway, next)).toEqual(inside)
  })

test("N018 secrets that cannot be fetched anew leave everything as it was, until they can", async () => {
  await using folder = await temporaryHome()
  await using gateway = await gatewayWith(folder.path, ways["in a file"]!)
  const file = join(folder.path, ".fased/secrets.json")
  keep(folder.path, next)
  for (const spoil of [
    () => chmodSync(file, 0o644),
    () => writeFileAtomic(file, "{"),
    () => keep(folder.path, ""),
    () => keep(folder.path, "undefined"),
  ]) {
    spoil()
    const error = await gateway.client.request("secrets.reload", {}).then(
      () => undefined,
      (error: unknown) => error as Error,
    )
    expect(error?.message).toContain("gateway.auth.token (file:default:/gateway/token)")
    expect(await lets(gateway, testToken)).toEqual(inside)
    expect(await lets(gateway, next)).toEqual(outside)
  }
  keep(folder.path, testToken)
  expect(await gateway.client.call(reload, {})).toEqual({ ok: true, warningCount: 0 })
})

test("a reference goes before the variable for the same secret, which opens nothing and is told of", async () => {
  await using folder = await temporaryHome()
  await using gateway = await gatewayWith(folder.path, ways["in a file"]!, {
    FASED_GATEWAY_TOKEN: next,
  })
  expect(await lets(gateway, testToken)).toEqual(inside)
  expect(await lets(gateway, next)).toEqual(outside)
  expect(await gateway.client.call(reload, {})).toEqual({ ok: true, warningCount: 1 })
  await gateway.stop()
  const log = readFileSync(gateway.running.logFile, "utf8")
  const told = log.split("\n").filter((line) => line.includes("SECRETS_REF_OVERRIDES_PLAINTEXT"))
  expect(told).toHaveLength(1)
  expect(told[0]).toContain("FASED_GATEWAY_TOKEN")
})

test("a reference that takes the place of plain text ends a variable that went before it", async () => {
  await using gateway = await startGateway({
    env: { FASED_GATEWAY_TOKEN: next, MY_TOKEN: testToken },
    client: { token: next },
  })
  expect(await lets(gateway, next)).toEqual(inside)
  const socket = await attempt(gateway.wsUrl, connectWith({ auth: { token: next } }))
  // The value stays the same; that it is a reference now is the whole change.
  writeAuth(gateway, { source: "env", id: "MY_TOKEN" })
  expect((await socket.closed).code).toBe(1008)
  expect(await lets(gateway, next)).toEqual(outside)
  expect(await lets(gateway, testToken)).toEqual(inside)
})

test("N018 a gateway does not start without its secrets, and says all that is missing at once", async () => {
  await using folder = await temporaryHome()
  const env = { HOME: folder.path, FASED_GATEWAY_TOKEN: testToken }
  const paths = resolvePaths(env)
  writeFileAtomic(
    paths.config,
    JSON.stringify({
      gateway: { mode: "local", auth: { mode: "token", token: { source: "env", id: "MY_TOKEN" } } },
      models: { providers: { openai: { apiKey: { source: "file", id: "/openai" } } } },
    }),
  )
  const error = await start({ paths, env, version: "0.0.0-test", port: 0 }).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!unresolved.is(error)) throw error
  expect(error.data.failures.map(({ path }) => path)).toEqual([
    "gateway.auth.token",
    "models.providers.openai.apiKey",
  ])
})

test.each(["", "   ", "undefined", "null"])(
  "N017 a gateway whose secret comes as %p does not start",
  async (token) => {
    await using folder = await temporaryHome()
    const started = gatewayWith(folder.path, {
      kept(home) {
        keep(home, token)
        return { token: { source: "file", id: "/gateway/token" } }
      },
      change: () => undefined,
    })
    await expect(started).rejects.toMatchObject({ code: "secrets.unresolved" })
  },
)
