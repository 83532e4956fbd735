import { expect, test } from "bun:test"
import type { ConfigState, Settings } from "../../src/config/settings.ts"
import { watchAccess } from "../../src/gateway/access.ts"
import type { AuthFlags } from "../../src/gateway/auth.ts"
import { gateway } from "../../src/gateway/config.ts"
import type { Log } from "../../src/kernel/log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const token = "test-token-0123456789abcdef"
const other = "other-token-0123456789abcdef"
const password = "correct horse battery staple"

const watching = (first: object, more: { hosts?: string[]; flags?: AuthFlags } = {}) => {
  let good = {} as ConfigState
  let file = good
  let section = gateway.schema.parse(first)
  const settings = {
    current: () => good,
    read: async () => file,
    section: () => section,
  } as unknown as Settings
  const clock = turnableClock()
  const errors: unknown[] = []
  const warnings: unknown[] = []
  const log: Log = {
    trace: () => {},
    debug: () => {},
    info: () => {},
    warn: (_, fields) => void warnings.push(fields?.problem),
    error: (_, fields) => void errors.push(fields?.problem),
    for: () => log,
  }
  const ground = { hosts: more.hosts ?? ["127.0.0.1"], env: {}, flags: more.flags ?? {} }
  const access = watchAccess({ settings, ground, clock, log })
  const ended: string[] = []
  access.onChange((isOver) => {
    const kinds = ["shared", "device", "ui-session", "proxy", "tailscale", "none"] as const
    ended.push(kinds.filter((kind) => isOver({ kind })).join(" "))
  })
  const write = (next: object) => {
    good = file = {} as ConfigState
    section = gateway.schema.parse(next)
  }
  const spoil = (message: string) => {
    file = { issues: [{ path: "gateway", message }] } as ConfigState
  }
  const look = async () => {
    clock.turn(250)
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  }
  return {
    access,
    ended,
    errors,
    warnings,
    write,
    spoil,
    look,
    mode: () => access.current().auth.mode,
  }
}

const change = async (before: object, after: object, more?: Parameters<typeof watching>[1]) => {
  const watched = watching(before, more)
  watched.write(after)
  await watched.look()
  await watched.look()
  return watched
}

const byProxy = { mode: "trusted-proxy", trustedProxy: { userHeader: "x-user" } }
const proxies = { trustedProxies: ["10.0.0.1"] }
const lan = { hosts: ["0.0.0.0"] }

test.each([
  ["another token", { auth: { token } }, { auth: { token: other } }, ["shared ui-session"]],
  ["the same token", { auth: { token } }, { auth: { token, mode: "token" } }, [""]],
  ["another port", { auth: { token } }, { auth: { token }, port: 4001 }, []],
  ["another limit", { auth: { token } }, { auth: { token, rateLimit: { maxAttempts: 3 } } }, [""]],
  [
    "a password instead",
    { auth: { token } },
    { auth: { password } },
    ["shared device ui-session proxy tailscale none"],
  ],
  [
    "no secret",
    { auth: { token } },
    { auth: {} },
    ["shared device ui-session proxy tailscale none"],
  ],
  ["more proxies to believe", { auth: { token } }, { auth: { token }, ...proxies }, ["proxy"]],
  [
    "Tailscale's word no more",
    { auth: { token, allowTailscale: true } },
    { auth: { token, allowTailscale: false } },
    ["tailscale"],
  ],
])("a config with %s ends just what came in by what changed", async (_, before, after, ended) => {
  expect((await change(before, after)).ended).toEqual(ended)
})

test.each([
  ["another user", { trustedProxy: { userHeader: "x-user", allowUsers: ["ada"] } }, ["proxy"]],
  ["a token for this machine", { token }, ["shared ui-session"]],
])("with trusted-proxy, %s ends just what came in by what changed", async (_, more, ended) => {
  const after = { auth: { ...byProxy, ...more }, ...proxies }
  expect((await change({ auth: byProxy, ...proxies }, after, lan)).ended).toEqual(ended)
})

test("what a flag says no file changes", async () => {
  const watched = await change(
    { auth: { token } },
    { auth: { token: other } },
    { flags: { token } },
  )
  expect(watched.access.current().auth).toEqual({ mode: "token", secret: token })
  expect(watched.ended).toEqual([""])
})

test("what does not hold still is not acted on, what does is", async () => {
  const watched = watching({ auth: { token } })
  watched.write({ auth: {} })
  await watched.look()
  watched.write({ auth: { token } })
  await watched.look()
  await watched.look()
  expect(watched.ended).toEqual([])
  watched.write({ auth: {} })
  await watched.look()
  await watched.look()
  expect(watched.mode()).toBe("closed")
})

test("a door that closes says why, and opens again", async () => {
  const watched = await change({ auth: { token } }, { auth: byProxy })
  expect([watched.mode(), watched.errors]).toEqual([
    "closed",
    [expect.stringContaining("refusing gateway.auth.mode trusted-proxy on loopback")],
  ])
  watched.write({ auth: { token } })
  await watched.look()
  await watched.look()
  expect(watched.mode()).toBe("token")
})

test("a file with a mistake is told about once, and changes nothing", async () => {
  const watched = watching({ auth: { token } })
  watched.spoil("half written")
  await watched.look()
  watched.spoil("a typo")
  for (let looks = 0; looks < 4; looks++) await watched.look()
  expect(watched.warnings).toEqual(["a typo"])
  expect([watched.ended, watched.mode()]).toEqual([[], "token"])
})

test("stopped, it looks no more", async () => {
  const watched = watching({ auth: { token } })
  watched.access.stop()
  watched.write({ auth: {} })
  await watched.look()
  await watched.look()
  expect(watched.mode()).toBe("token")
})
