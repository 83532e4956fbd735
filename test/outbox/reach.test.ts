import { expect, test } from "bun:test"
import type { Destination } from "../../src/kernel/delivery.ts"
import type { Network } from "../../src/outbox/network.ts"
import { requireReach } from "../../src/outbox/reach.ts"

const network = {
  channel: {
    normalize: (entry: string) => (entry === "*" ? undefined : entry.toLowerCase()),
    room: (_: unknown, { id }: { id: string }) => ({ listed: id === "listed" ? "yes" : "open" }),
  },
  settings: { allowFrom: ["*", "BOB"] },
} as unknown as Network

const to = (id: string, more: Partial<Destination["conversation"]> = {}, account = "default") => ({
  channel: "fake",
  account,
  conversation: { id, ...more },
})
const place = { channel: "fake", account: "default", group: "room", sender: "ada" }
const may = (
  standing: Parameters<typeof requireReach>[0],
  where: ReturnType<typeof to>,
  last?: Destination,
) => {
  try {
    requireReach(standing, where, network, last)
    return true
  } catch {
    return false
  }
}

test("the operator's turn writes anywhere", () => {
  expect(may({ owner: true }, to("anywhere"))).toBe(true)
})

test("anybody else's turn writes to the conversation it is in, and not to its sender or its neighbour", () => {
  expect(may({ owner: false, place }, to("room"))).toBe(true)
  expect(may({ owner: false, place }, to("ada"))).toBe(false)
  expect(may({ owner: false, place }, to("room2"))).toBe(false)
  expect(may({ owner: false, place: { ...place, group: undefined } }, to("ada"))).toBe(true)
})

test("what the config lists may be written to by its own account alone; everybody is nobody", () => {
  expect(may({ owner: false, place }, to("listed", { kind: "group" }))).toBe(true)
  expect(may({ owner: false, place }, to("bob", { kind: "direct" }))).toBe(true)
  expect(may({ owner: false, place }, to("eve", { kind: "direct" }))).toBe(false)
  expect(may({ owner: false, place }, to("room", {}, "other"))).toBe(false)
  expect(may({ owner: false, place }, to("listed", { kind: "group" }, "other"))).toBe(false)
  expect(may({ owner: false, place }, { ...to("room"), channel: "else" })).toBe(false)
})

test("a turn without a place writes to where its session was last spoken to from", () => {
  expect(may({ owner: false }, to("room"))).toBe(false)
  expect(may({ owner: false }, to("room"), to("room"))).toBe(true)
  expect(may({ owner: false }, to("room2"), to("room"))).toBe(false)
  // Somebody else spoke last in a session that people share.
  expect(may({ owner: false, place }, to("theirs"), to("theirs"))).toBe(false)
})
