import { describe, expect, test } from "bun:test"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { start, type StartOptions } from "../../src/app.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { temporaryHome, testToken } from "../support/gateway.ts"

interface Attempt {
  config?: unknown
  env?: Record<string, string>
  flags?: Partial<StartOptions>
}

/** What a start came to: the message of its refusal, or "started". */
const starting = async ({ config, env: more = {}, flags = {} }: Attempt) => {
  await using home = await temporaryHome()
  const env = { HOME: home.path, ...more }
  const paths = resolvePaths(env)
  if (config !== undefined) writeFileAtomic(paths.config, JSON.stringify(config))
  const before = config === undefined ? "" : readFileSync(paths.config, "utf8")
  try {
    const gateway = await start({ paths, env, version: "0", port: 0, ...flags })
    await gateway.stop("test over")
    return "started"
  } catch (error) {
    if (before) expect(readFileSync(paths.config, "utf8")).toBe(before)
    return (error as Error).message
  }
}

const auth = { mode: "token", token: testToken }
const local = (more: object = {}) => ({ gateway: { mode: "local", auth, ...more } })
const password = "correct horse battery staple"
const withAuth = (auth: object, more: object = {}) => ({
  gateway: { mode: "local", auth, ...more },
})
const origins = { controlUi: { allowedOrigins: ["https://fased.example"] } }

const rows: [what: string, attempt: Attempt, outcome: string | RegExp][] = [
  ["a plain local config", { config: local() }, "started"],
  ["no config", {}, "Gateway start blocked: set gateway.mode=local (it is not set)."],
  ["no config, but told to go on", { flags: { allowUnconfigured: true } }, "started"],
  [
    "mode remote",
    { config: { gateway: { mode: "remote" } } },
    'Gateway start blocked: set gateway.mode=local (it is "remote").',
  ],
  ["a setting nobody knows", { config: { ...local(), gatewai: {} } }, /gatewai/],
  ["a setting of the wrong type", { config: local({ port: "x" }) }, /gateway\.port/],
  ["an unset variable", { config: withAuth({ token: "${NOT_SET_ANYWHERE}" }) }, /NOT_SET_ANYWHERE/],

  [
    "lan without a secret",
    { config: { gateway: { mode: "local", bind: "lan", ...origins } } },
    "refusing to bind gateway to 0.0.0.0 without auth",
  ],
  [
    "--bind lan without a secret",
    { config: { gateway: { mode: "local", ...origins } }, flags: { bind: "lan" } },
    "refusing to bind gateway to 0.0.0.0 without auth",
  ],
  [
    "lan with --auth none",
    { config: local({ bind: "lan", ...origins }), flags: { auth: "none" } },
    /^refusing to bind gateway to 0\.0\.0\.0 without auth/,
  ],
  [
    "lan with a page and no origins",
    { config: local({ bind: "lan" }) },
    "refusing to serve the Control UI on 0.0.0.0 without gateway.controlUi.allowedOrigins",
  ],
  [
    "lan without a page",
    { config: local({ bind: "lan", controlUi: { enabled: false } }) },
    "started",
  ],
  ["lan with origins", { config: local({ bind: "lan", ...origins }) }, "started"],
  [
    "lan that trusts the Host header",
    {
      config: local({ bind: "lan", controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } }),
    },
    "started",
  ],
  [
    "custom without an address",
    { config: local({ bind: "custom" }) },
    /customBindHost is not an IPv4 address/,
  ],
  [
    "custom with a name",
    { config: local({ bind: "custom", customBindHost: "localhost" }) },
    /customBindHost is not an IPv4 address/,
  ],
  [
    "custom on loopback",
    { config: local({ bind: "custom", customBindHost: "127.0.0.2" }) },
    "started",
  ],
  [
    "custom beyond loopback without a secret",
    { config: { gateway: { mode: "local", bind: "custom", customBindHost: "0.0.0.0" } } },
    "refusing to bind gateway to 0.0.0.0 without auth",
  ],
  [
    "an address of another machine",
    { config: local({ bind: "custom", customBindHost: "192.0.2.1", ...origins }) },
    /^failed to bind gateway socket on 192\.0\.2\.1:/,
  ],

  ["--auth none on loopback", { config: local(), flags: { auth: "none" } }, "started"],
  ["none in the config", { config: withAuth({ mode: "none" }) }, /gateway\.auth\.mode/],
  [
    "both secrets and no mode",
    { config: withAuth({ token: testToken, password }) },
    "Both a token and a password are set, and gateway.auth.mode does not say which counts.",
  ],
  [
    "both secrets, one of them from the environment",
    { config: withAuth({ password }), env: { FASED_GATEWAY_TOKEN: testToken } },
    /^Both a token and a password/,
  ],
  [
    "both secrets and a mode",
    { config: withAuth({ mode: "password", token: testToken, password }) },
    "started",
  ],
  [
    "mode password without one",
    { config: withAuth({ mode: "password" }) },
    'Gateway auth is "password", but no password is set.',
  ],
  [
    "a blank token",
    { config: withAuth({ token: "  " }) },
    'Gateway auth is "token", but no token is set.',
  ],
  [
    "an empty token",
    { config: withAuth({ token: "" }) },
    'Gateway auth is "token", but no token is set.',
  ],
  [
    "a short token",
    { config: withAuth({ token: "fifteen-letters" }) },
    /token cannot be used: it is shorter than 16/,
  ],
  [
    "a short password",
    { config: withAuth({ password: "hunter2" }) },
    /password cannot be used: it is shorter than 16/,
  ],
  [
    "a padded token",
    { config: withAuth({ token: `${testToken} ` }) },
    /token cannot be used: it starts or ends with a space/,
  ],
  [
    "the word undefined",
    { config: withAuth({ token: "undefined" }) },
    /token cannot be used: it is a placeholder/,
  ],
  [
    "the word null",
    { config: local(), env: { FASED_GATEWAY_TOKEN: "null" } },
    /token cannot be used: it is a placeholder/,
  ],
  [
    "a template nobody filled in",
    { config: withAuth({ token: "your-gateway-token-here" }) },
    /token cannot be used: it is a placeholder/,
  ],
  ["a short --token", { config: local(), flags: { token: "short" } }, /token cannot be used/],

  [
    "tailscale serve",
    { config: local({ tailscale: { mode: "serve" } }), env: { PATH: "/nowhere" } },
    "started",
  ],
  [
    "tailscale serve and a port open to the network",
    { config: local({ tailscale: { mode: "serve" }, bind: "lan", controlUi: { enabled: false } }) },
    "gateway.tailscale.mode=serve brings people in by loopback, but the gateway listens on 0.0.0.0.",
  ],
  [
    "--tailscale funnel and a token",
    { config: local(), flags: { tailscale: "funnel" } },
    "gateway.tailscale.mode=funnel opens the gateway to the internet and needs a password.",
  ],
  [
    "tailscale funnel with a token",
    { config: local({ tailscale: { mode: "funnel" } }) },
    "gateway.tailscale.mode=funnel opens the gateway to the internet and needs a password.",
  ],
  [
    "tailscale funnel with a password",
    {
      config: withAuth({ password }, { tailscale: { mode: "funnel" } }),
      env: { PATH: "/nowhere" },
    },
    "started",
  ],

  [
    "a port in words",
    { config: local(), env: { FASED_GATEWAY_PORT: "http" }, flags: { port: undefined } },
    /FASED_GATEWAY_PORT is "http", which is no port/,
  ],
  [
    "a port out of range",
    { config: local(), env: { FASED_GATEWAY_PORT: "65536" }, flags: { port: undefined } },
    /which is no port/,
  ],
  [
    "a port in hexadecimal",
    { config: local(), env: { FASED_GATEWAY_PORT: "0x50" }, flags: { port: undefined } },
    /which is no port/,
  ],
]

describe("start", () => {
  test.each(rows)("with %s", async (_, attempt, outcome) => {
    const came = await starting(attempt)
    if (typeof outcome === "string") expect(came).toBe(outcome)
    else expect(came).toMatch(outcome)
  })
})

test("a port somebody else listens on is named, with what to do", async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve))
  const { port } = other.address() as { port: number }
  const came = await starting({ config: local(), flags: { port } })
  other.close()
  expect(came).toBe(
    `another gateway instance is already listening on ws://127.0.0.1:${port} [EADDRINUSE]`,
  )
})

test("the first start without auth makes a long random token and keeps it", async () => {
  await using home = await temporaryHome()
  const env = { HOME: home.path }
  const paths = resolvePaths(env)
  writeFileAtomic(paths.config, '{\n  // mine\n  gateway: { mode: "local" },\n}\n')
  const run = async () => {
    const gateway = await start({ paths, env, version: "0", port: 0 })
    await gateway.stop("test over")
    return new URL(gateway.dashboardUrl).hash
  }
  const first = await run()
  expect(first).toMatch(/^#token=[0-9a-f]{64}$/)
  expect(await run()).toBe(first)
  const text = readFileSync(paths.config, "utf8")
  expect(text).toContain("// mine")
  expect(text).toContain(first.slice("#token=".length))
  expect(statSync(paths.config).mode & 0o777).toBe(0o600)
})

test("an unconfigured run writes no config, and its token is gone with it", async () => {
  await using home = await temporaryHome()
  const env = { HOME: home.path }
  const paths = resolvePaths(env)
  const tokens = new Set<string>()
  for (let round = 0; round < 2; round++) {
    const gateway = await start({ paths, env, version: "0", port: 0, allowUnconfigured: true })
    tokens.add(gateway.dashboardUrl)
    await gateway.stop("test over")
  }
  expect(tokens.size).toBe(2)
  expect(await Bun.file(paths.config).exists()).toBe(false)
})

test("a state that is no folder is a fault that names it", async () => {
  await using home = await temporaryHome()
  const state = join(home.path, "state")
  writeFileSync(state, "a file")
  const env = {
    HOME: home.path,
    FASED_STATE_DIR: state,
    FASED_CONFIG_PATH: join(home.path, "fased.json"),
  }
  writeFileAtomic(env.FASED_CONFIG_PATH, JSON.stringify(local()))
  const started = start({ paths: resolvePaths(env), env, version: "0", port: 0 })
  await expect(started).rejects.toMatchObject({
    name: "Fault",
    message: expect.stringContaining(state),
  })
})
