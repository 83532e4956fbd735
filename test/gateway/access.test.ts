import { expect, test } from "bun:test"
import type { Reloader } from "../../src/config/reloader.ts"
import { watchAccess } from "../../src/gateway/access.ts"
import type { AuthFlags } from "../../src/gateway/auth.ts"
import { gateway } from "../../src/gateway/config.ts"
import type { Log } from "../../src/kernel/log.ts"

const token = "test-token-0123456789abcdef"
const other = "other-token-0123456789abcdef"
const password = "correct horse battery staple"

const watching = (first: object, more: { hosts?: string[]; flags?: AuthFlags } = {}) => {
  let section = gateway.schema.parse(first)
  const listeners: (() => void)[] = []
  const reloader: Pick<Reloader, "onApplied"> = {
    onApplied: (listener) => {
      listeners.push(listener as () => void)
      return () => {}
    },
  }
  const errors: unknown[] = []
  const log: Log = {
    trace: () => {},
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (_, fields) => void errors.push(fields?.problem),
    for: () => log,
  }
  const ground = { hosts: more.hosts ?? ["127.0.0.1"], env: {}, flags: more.flags ?? {} }
  const access = watchAccess({ config: () => section, reloader, ground, log })
  const ended: string[] = []
  access.onChange((isOver) => {
    const kinds = ["shared", "device", "ui-session", "proxy", "tailscale", "none"] as const
    ended.push(kinds.filter((kind) => isOver({ kind })).join(" "))
  })
  return {
    access,
    ended,
    errors,
    apply(next: object) {
      section = gateway.schema.parse(next)
      for (const listener of listeners) listener()
    },
    mode: () => access.current().auth.mode,
  }
}

const change = (before: object, after: object, more?: Parameters<typeof watching>[1]) => {
  const watched = watching(before, more)
  watched.apply(after)
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
])("a config with %s ends just what came in by what changed", (_, before, after, ended) => {
  expect(change(before, after).ended).toEqual(ended)
})

test.each([
  ["another user", { trustedProxy: { userHeader: "x-user", allowUsers: ["ada"] } }, ["proxy"]],
  ["a token for this machine", { token }, ["shared ui-session"]],
])("with trusted-proxy, %s ends just what came in by what changed", (_, more, ended) => {
  const after = { auth: { ...byProxy, ...more }, ...proxies }
  expect(change({ auth: byProxy, ...proxies }, after, lan).ended).toEqual(ended)
})

test("what a flag says no file changes", () => {
  const watched = change({ auth: { token } }, { auth: { token: other } }, { flags: { token } })
  expect(watched.access.current().auth).toEqual({ mode: "token", secret: token })
  expect(watched.ended).toEqual([""])
})

test("a door that closes says why, and opens again", () => {
  const watched = change({ auth: { token } }, { auth: byProxy })
  expect([watched.mode(), watched.errors]).toEqual([
    "closed",
    [expect.stringContaining("refusing gateway.auth.mode trusted-proxy on loopback")],
  ])
  watched.apply({ auth: { token } })
  expect(watched.mode()).toBe("token")
})
