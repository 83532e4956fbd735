/** How an instance stands, asked of the compiled binary by every command that tells: people and programs. */
import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, testToken } from "../support/binary.ts"
import type { Home } from "../support/binary.ts"
import { startFakeGateway } from "../support/fake-gateway.ts"

const otherToken = "other-canary-0123456789abcdef0123456789"

interface Setting {
  home: Home
  env?: Record<string, string>
}

interface Expected {
  state: string
  /** Of `health`, and whether `gateway probe` finds somebody. */
  health: 0 | 1
  probe: 0 | 1
  /** What `gateway status` has one type first; nothing when all is well. */
  next?: string
}

type Row = [
  name: string,
  make: (stack: AsyncDisposableStack) => Promise<Setting>,
  expected: Expected,
]

const homeIn = (stack: AsyncDisposableStack) => stack.use(freshHome())

/** A home with its gateway running on a port that its config names. */
const running = async (stack: AsyncDisposableStack, gateway: object = {}) => {
  const home = homeIn(stack)
  const port = await freePort()
  home.configure({ gateway: { port, ...gateway } })
  return { home, gateway: stack.use(await home.start({ port })) }
}

/** A home whose config names a port on which `fake` turns everybody away, as its own gateway. */
const refusing = async (stack: AsyncDisposableStack, code: string) => {
  const message = code === "PAIRING_REQUIRED" ? "pairing required" : "too many wrong attempts"
  const fake = stack.use(startFakeGateway({ turnAway: () => ({ code, message }) }))
  const home = homeIn(stack)
  home.configure({ gateway: { port: fake.port } })
  const holder = { pid: process.pid, port: fake.port, url: fake.url, version: "0.1.0" }
  writeFileSync(join(home.state, "gateway.json"), JSON.stringify(holder))
  return { home }
}

const remoteTo = (url: string, token: string) => ({
  gateway: { mode: "remote", remote: { url, token } },
})

const table: Row[] = [
  [
    "nothing was set up yet",
    async (stack) => ({
      home: homeIn(stack),
      env: { FASED_GATEWAY_PORT: `${await freePort()}` },
    }),
    { state: "down", health: 1, probe: 1, next: "onboard" },
  ],
  [
    "the gateway is down",
    async (stack) => {
      const home = homeIn(stack)
      home.configure({ gateway: { port: await freePort() } })
      return { home }
    },
    { state: "down", health: 1, probe: 1, next: "start" },
  ],
  [
    "the config is broken before the start",
    async (stack) => {
      const home = homeIn(stack)
      home.configure({ gateway: { port: await freePort(), prot: 1, token: otherToken } })
      return { home }
    },
    { state: "config-broken", health: 1, probe: 1, next: "config validate" },
  ],
  [
    "a foreign program has the port",
    async (stack) => {
      const options = { port: 0, hostname: "127.0.0.1", fetch: () => new Response("mine") }
      const { port } = stack.use(Bun.serve(options))
      const home = homeIn(stack)
      home.configure({ gateway: { port } })
      return { home }
    },
    { state: "port-taken", health: 1, probe: 1, next: "config set gateway.port" },
  ],
  ["all is well", (stack) => running(stack), { state: "online", health: 0, probe: 0 }],
  [
    "all is well, and there is no HOME",
    async (stack) => {
      const { home } = await running(stack)
      return { home, env: { HOME: "", FASED_HOME: home.path } }
    },
    { state: "online", health: 0, probe: 0 },
  ],
  [
    "all is well, with TLS",
    (stack) => running(stack, { tls: { enabled: true } }),
    { state: "online", health: 0, probe: 0 },
  ],
  [
    "an invalid edit was made while it runs",
    async (stack) => {
      const { home, gateway } = await running(stack)
      home.configure({ gateway: { prot: 1 } })
      await gateway.printed("config reload skipped (invalid config)")
      return { home }
    },
    { state: "config-not-in-force", health: 0, probe: 0, next: "config validate" },
  ],
  [
    "the shell has another token",
    async (stack) => {
      const { home } = await running(stack)
      return { home, env: { FASED_GATEWAY_TOKEN: otherToken } }
    },
    { state: "wrong-credential", health: 1, probe: 0, next: "unset FASED_GATEWAY_TOKEN" },
  ],
  [
    "another instance's gateway has the port",
    async (stack) => {
      const { port } = (await running(stack)).gateway
      const home = homeIn(stack)
      home.configure({ gateway: { port, auth: { mode: "token", token: otherToken } } })
      return { home }
    },
    { state: "other-instance", health: 1, probe: 0, next: "config set gateway.port" },
  ],
  [
    "the secret is kept elsewhere and cannot be had",
    async (stack) => {
      const home = homeIn(stack)
      const token = { source: "env", provider: "default", id: "NOT_SET_ANYWHERE" }
      home.configure({ gateway: { port: await freePort(), auth: { mode: "token", token } } })
      return { home }
    },
    { state: "secret-missing", health: 1, probe: 1, next: "secrets audit" },
  ],
  [
    "a gateway elsewhere, which answers",
    async (stack) => {
      const { port } = (await running(stack)).gateway
      const home = homeIn(stack)
      home.configure(remoteTo(`ws://127.0.0.1:${port}`, testToken))
      return { home }
    },
    { state: "online", health: 0, probe: 0 },
  ],
  [
    "a gateway elsewhere, which is down",
    async (stack) => {
      const home = homeIn(stack)
      home.configure(remoteTo(`ws://127.0.0.1:${await freePort()}`, otherToken))
      return { home, env: { FASED_GATEWAY_PORT: `${await freePort()}` } }
    },
    { state: "remote-unreachable", health: 1, probe: 1, next: "gateway probe" },
  ],
  [
    "this device is not paired",
    (stack) => refusing(stack, "PAIRING_REQUIRED"),
    { state: "not-paired", health: 1, probe: 0, next: "fased devices list" },
  ],
  [
    "too many wrong attempts were made",
    (stack) => refusing(stack, "AUTH_RATE_LIMITED"),
    { state: "locked-out", health: 1, probe: 0, next: "gateway status" },
  ],
]

const keys = {
  "gateway status": ["config", "dashboard", "gateway", "logFile", "port", "runtime", "service"],
  status: [
    ["channels", "config", "findings", "gateway", "logFile", "model", "service", "sessions"],
    ["tailscale", "usage", "verdict", "version"],
  ].flat(),
}

test.each(table)("%s", async (_, make, expected) => {
  await using stack = new AsyncDisposableStack()
  const { home, env } = await make(stack)
  const ask = async (line: string, wanted?: number) => {
    const ran = await home.fased(line.split(" "), { env })
    for (const secret of [testToken, otherToken])
      expect({ line, leaks: (ran.out + ran.err).includes(secret) }).toEqual({ line, leaks: false })
    if (wanted !== undefined) expect({ line, code: ran.code }).toEqual({ line, code: wanted })
    return ran
  }
  const says = expected.health ? /^[✗]/ : /^[✓!]/

  for (const name of ["gateway status", "status"] as const) {
    const { out, err } = await ask(name, 0)
    expect({ name, err }).toEqual({ name, err: "" })
    expect(out).toMatch(says)
    const [, next = ""] = out.split("\nNext\n")
    if (expected.next) expect(next.split("\n")[0]).toContain(expected.next)
    const document = JSON.parse((await ask(`${name} --json`, 0)).out)
    // With a model missing, the doctor of a gateway that is well may have a word to say.
    expect(document.verdict.state).toBe(expected.state)
    expect(Object.keys(document)).toEqual(expect.arrayContaining(keys[name]))
  }
  expect((await ask("gateway status --require-rpc")).code).toBe(expected.health)
  expect((await ask("status --all", 0)).out).toContain("Secrets are masked.")

  const health = await ask("health", expected.health)
  expect(health.out).toMatch(
    expected.health ? /^Gateway: (?:offline|failed)\. / : /^Gateway: online$/m,
  )
  const asJson = JSON.parse((await ask("health --json", expected.health)).out)
  expect(asJson.ok).toBe(expected.health === 0)

  expect((await ask("gateway probe", expected.probe)).out).toMatch(/^[✓!✗] /)
  const probed = JSON.parse((await ask("gateway probe --json", expected.probe)).out)
  expect(Object.keys(probed)).toEqual(["ok", "degraded", "primaryTargetId", "targets", "warnings"])
})
