import { expect, test } from "bun:test"
import { gateway } from "../../src/gateway/config.ts"
import { proxyUserOf } from "../../src/gateway/proxy-identity.ts"
import { proxiesOf, remoteOf } from "../../src/gateway/remote.ts"

const trusting = (trustedProxies: string[], more: object = {}) =>
  proxiesOf(gateway.schema.parse({ trustedProxies, ...more }))
const proxy = "10.0.0.1"
const xff = (chain: string) => ({ "x-forwarded-for": chain })

const hops = (count: number) => Array.from({ length: count }, () => "10.9.9.9").join(", ")

test.each([
  ["nobody in between", "192.0.2.7", {}, "direct", "192.0.2.7"],
  ["a stranger's own headers", "192.0.2.7", xff("127.0.0.1"), "direct", "192.0.2.7"],
  ["one hop", proxy, xff("1.2.3.4"), "proxied", "1.2.3.4"],
  ["a client that forged a hop", proxy, xff("127.0.0.1, 1.2.3.4"), "proxied", "1.2.3.4"],
  ["two trusted proxies", proxy, xff("1.2.3.4, 10.0.0.9"), "proxied", "1.2.3.4"],
  ["garbage that the client sent", proxy, xff("<script>, 1.2.3.4"), "proxied", "1.2.3.4"],
  ["a hop with a port", proxy, xff("1.2.3.4:55555"), "proxied", "1.2.3.4"],
  ["an IPv6 hop with a port", proxy, xff("[2001:DB8::1]:443"), "proxied", "2001:db8::1"],
  ["a mapped hop", proxy, xff("::ffff:1.2.3.4"), "proxied", "1.2.3.4"],
  ["trusted proxies only", proxy, xff("10.0.0.8, 10.0.0.9"), "proxied", "10.0.0.8"],
  ["the proxy speaking for itself", proxy, {}, "proxied", proxy],
  ["an empty chain", proxy, xff(""), "unproven", proxy],
  ["garbage at the end", proxy, xff("1.2.3.4, unknown"), "unproven", proxy],
  ["a trailing comma", proxy, xff("1.2.3.4,"), "unproven", proxy],
  ["a hundred hops", proxy, xff(hops(100)), "unproven", proxy],
  ["real ip where it is not read", proxy, { "x-real-ip": "1.2.3.4" }, "proxied", proxy],
  ["this machine itself", "127.0.0.1", {}, "local", "127.0.0.1"],
  ["this machine under another name", "127.0.0.1", { host: "box" }, "direct", "127.0.0.1"],
  ["a local proxy nobody named", "127.0.0.1", xff("1.2.3.4"), "unproven", "127.0.0.1"],
  ["a local proxy claiming loopback", "127.0.0.1", xff("127.0.0.1"), "unproven", "127.0.0.1"],
  ["an RFC 7239 header", "127.0.0.1", { forwarded: "for=1.2.3.4" }, "unproven", "127.0.0.1"],
  ["an unreadable peer", "", {}, "direct", ""],
] as const)("with %s", (_, peer, headers, route, address) => {
  const asked = new Headers({ host: "localhost", ...(headers as Record<string, string>) })
  expect(remoteOf(peer, asked, trusting(["10.0.0.0/24"]))).toEqual({ peer, address, route })
})

test("behind a trusted proxy on this machine nobody is local, loopback hop or not", () => {
  const headers = new Headers({ host: "localhost", "x-forwarded-for": "127.0.0.1" })
  expect(remoteOf("127.0.0.1", headers, trusting(["127.0.0.1"])).route).toBe("proxied")
})

test("the header that names the user marks a proxy, whatever it is called", () => {
  const proxies = trusting([], { auth: { trustedProxy: { userHeader: "X-Who" } } })
  const headers = new Headers({ host: "localhost", "x-who": "ada" })
  expect(remoteOf("127.0.0.1", headers, proxies).route).toBe("unproven")
})

test("X-Real-IP counts only where the config says so and no chain is sent", () => {
  const proxies = trusting([proxy], { allowRealIpFallback: true })
  const at = (headers: Record<string, string>) => remoteOf(proxy, new Headers(headers), proxies)
  expect(at({ "x-real-ip": "1.2.3.4" }).address).toBe("1.2.3.4")
  expect(at({ "x-real-ip": "1.2.3.4", ...xff("5.6.7.8") }).address).toBe("5.6.7.8")
  expect(at({ "x-real-ip": "nobody" }).route).toBe("unproven")
})

test.each(["", "10.0.0", "10.0.0.0/33", "0.0.0.0/0", "::/0", "example.com", "10.0.0.0/8/8", "*"])(
  "%p is no trusted proxy",
  (entry) => {
    expect(gateway.schema.safeParse({ trustedProxies: [entry] }).success).toBe(false)
  },
)

test("networks of both families are told apart", () => {
  const { trusts } = trusting(["10.0.0.0/8", "fd00::/8", "::1"])
  const asked = ["10.255.0.1", "::ffff:10.1.1.1", "fd12::3", "::1", "11.0.0.1", "fe80::1", "x", ""]
  expect(asked.map((address) => trusts(address))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

const identity = { userHeader: "X-User", requiredHeaders: ["X-Team"], allowUsers: ["ada@x"] }
test.each([
  ["proxied", { "x-user": "ada@x", "x-team": "1" }, { user: "ada@x" }],
  ["proxied", { "X-USER": " ada@x ", "x-team": "1" }, { user: "ada@x" }],
  ["direct", { "x-user": "ada@x", "x-team": "1" }, { failure: "trusted_proxy_untrusted_source" }],
  ["unproven", { "x-user": "ada@x", "x-team": "1" }, { failure: "trusted_proxy_untrusted_source" }],
  ["local", { "x-user": "ada@x", "x-team": "1" }, { failure: "trusted_proxy_untrusted_source" }],
  ["proxied", { "x-team": "1" }, { failure: "trusted_proxy_user_missing" }],
  ["proxied", { "x-user": "  ", "x-team": "1" }, { failure: "trusted_proxy_user_missing" }],
  ["proxied", { "x-user": "ada@x" }, { failure: "trusted_proxy_missing_header_X-Team" }],
  ["proxied", { "x-user": "eve@x", "x-team": "1" }, { failure: "trusted_proxy_user_not_allowed" }],
  [
    "proxied",
    { "x-user": "ada@x, eve@x", "x-team": "1" },
    { failure: "trusted_proxy_user_not_allowed" },
  ],
] as const)("a %s request with %j is %j", (route, headers, expected) => {
  const remote = { peer: proxy, address: "1.2.3.4", route }
  const given = new Headers(headers as unknown as Record<string, string>)
  expect(proxyUserOf(identity, given, remote)).toEqual(expected)
})
