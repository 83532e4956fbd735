import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { type Asker, clientOf, createLimiter, type RateLimit } from "../../src/gateway/limiter.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const defaults = { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000, exemptLoopback: true }

const from = (address: string, origin: string | null = null): Asker => ({
  remote: { peer: address, address, route: "direct" },
  origin,
})
const here = (origin: string | null = null): Asker => ({
  remote: { peer: "127.0.0.1", address: "127.0.0.1", route: "local" },
  origin,
})

const limiting = (more: Partial<RateLimit> = {}) => {
  const clock = turnableClock()
  const limiter = createLimiter(clock, () => ({ ...defaults, ...more }))
  let looks = 0
  const tries = (asker: Asker, times = 1, kind: "shared" | "device" = "shared", right = false) =>
    Array.from({ length: times }, () =>
      limiter.look(asker, kind, () => {
        looks++
        return right
      }),
    ).at(-1)!
  return { clock, limiter, tries, looks: () => looks }
}

test("ten wrong secrets are looked at, the next waits five minutes, the right one too", () => {
  const { clock, tries, looks } = limiting()
  expect(tries(from("192.0.2.1"), 10)).toEqual({ verdict: "wrong" })
  expect(tries(from("192.0.2.1"))).toEqual({ verdict: "limited", retryAfterMs: 300_000 })
  clock.turn(100_000)
  expect(tries(from("192.0.2.1"), 1, "shared", true)).toEqual({
    verdict: "limited",
    retryAfterMs: 200_000,
  })
  expect(looks()).toBe(10)
  clock.turn(200_000)
  expect(tries(from("192.0.2.1"), 1, "shared", true)).toEqual({ verdict: "right" })
})

test("a wrong secret is forgotten after a minute, and at once when the right one comes", () => {
  const { clock, tries } = limiting()
  tries(from("192.0.2.1"), 9)
  clock.turn(60_001)
  expect(tries(from("192.0.2.1"), 9)).toEqual({ verdict: "wrong" })
  expect(tries(from("192.0.2.1"), 1, "shared", true)).toEqual({ verdict: "right" })
  expect(tries(from("192.0.2.1"), 9)).toEqual({ verdict: "wrong" })
})

test("two hundred tries at once get no more looks than ten in turn", async () => {
  const { limiter, looks, tries } = limiting()
  await Promise.all(Array.from({ length: 200 }, async () => tries(from("192.0.2.1"))))
  expect(looks()).toBe(10)
  expect(limiter.size).toBe(1)
})

test("one client's wrong secrets are no other client's, and one kind's no other kind's", () => {
  const { tries } = limiting()
  tries(from("192.0.2.1"), 11)
  expect(tries(from("192.0.2.2"))).toEqual({ verdict: "wrong" })
  expect(tries(from("192.0.2.1"), 1, "device")).toEqual({ verdict: "wrong" })
})

describe("on this machine", () => {
  test("programs may try as they like, unless the config says otherwise", () => {
    expect(limiting().tries(here(), 50)).toEqual({ verdict: "wrong" })
    expect(limiting({ exemptLoopback: false }).tries(here(), 11).verdict).toBe("limited")
  })

  test("pages are limited all the same, each origin for itself", () => {
    const { tries } = limiting()
    expect(tries(here("http://localhost:1"), 11).verdict).toBe("limited")
    expect(tries(here("http://localhost:2")).verdict).toBe("wrong")
    expect(tries(here()).verdict).toBe("wrong")
  })

  test("whoever comes by a proxy nobody vouches for is limited", () => {
    const { tries } = limiting()
    const behind: Asker = { ...here(), remote: { ...here().remote, route: "unproven" } }
    expect(tries(behind, 11).verdict).toBe("limited")
  })
})

test.each([
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002::", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("%s is the client %s", (address, client) => {
  expect(clientOf(address)).toBe(client)
})

test("however an IPv6 address is written, its network is one client", () => {
  const group = fc.integer({ min: 0, max: 0xffff })
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const hex = (width: number) => groups.map((one) => one.toString(16).padStart(width, "0"))
      const client = clientOf(hex(0).join(":"))
      expect(clientOf(hex(4).join(":").toUpperCase())).toBe(client)
      expect(clientOf([...hex(0).slice(0, 4), "0", "0", "0", "1"].join(":"))).toBe(client)
    }),
  )
})

test("a hundred thousand clients take no more memory than ten thousand", () => {
  const { limiter, tries } = limiting()
  for (let n = 0; n < 100_000; n++) tries(from(`198.${n >> 16}.${(n >> 8) & 255}.${n & 255}`))
  expect(limiter.size).toBe(10_000)
})
