import { expect, test } from "bun:test"
import { inOrder } from "../../../src/models/auth/order.ts"
import type { Profile } from "../../../src/models/auth/profile.ts"
import { unused } from "../../../src/models/auth/profile.ts"
import { keyProfile } from "./sign-ins.ts"

const now = 1_700_000_000_000
const at = (id: string, usage: Partial<Profile["usage"]> = {}, more: Partial<Profile> = {}) =>
  keyProfile(`openai:${id}`, { usage: { ...unused, ...usage }, ...more })
const oauth = { type: "oauth", access: "a", refresh: "r", expires: now + 1e9 } as const
const token = { type: "token", token: "t" } as const

const order = (
  profiles: Profile[],
  wishes: Partial<Parameters<typeof inOrder>[1]> = {},
): string[] =>
  inOrder(profiles, { listed: [], ...wishes }, now).map(({ id }) => id.replace("openai:", ""))

const a = at("a", { lastUsed: now - 10 })
const b = at("b", { lastUsed: now - 30 })
const c = at("c")

test("without a wish: sign-ins before tokens before keys, then the one longest not used", () => {
  const all = [a, b, c, at("t", {}, { credential: token }), at("o", {}, { credential: oauth })]
  expect(order(all)).toEqual(["o", "t", "c", "b", "a"])
})

test("what was set for the agent goes before the settings, and those before their list of profiles", () => {
  const all = [a, b, c]
  const stored = ["openai:a", "openai:b"]
  const configured = ["openai:b", "openai:a"]
  const listed = ["openai:c"]
  expect(order(all, { stored, configured, listed })).toEqual(["a", "b"])
  expect(order(all, { configured, listed })).toEqual(["b", "a"])
  expect(order(all, { listed })).toEqual(["c"])
})

test("a list of profiles says which, and their use says in which order", () => {
  expect(order([a, b, c], { listed: ["openai:a", "openai:b"] })).toEqual(["b", "a"])
})

test("what rests comes last, the soonest ready first, whatever the wish", () => {
  const soon = at("soon", { cooldownUntil: now + 10 })
  const late = at("late", { disabledUntil: now + 99, cooldownUntil: now + 1 })
  const past = at("past", { cooldownUntil: now - 1 })
  const stored = ["late", "soon", "past", "a"].map((id) => `openai:${id}`)
  expect(order([late, soon, past, a], { stored })).toEqual(["past", "a", "soon", "late"])
  expect(order([late, soon, a])).toEqual(["a", "soon", "late"])
})

test("names that nothing has, and names twice, are passed over", () => {
  expect(order([a], { stored: ["openai:x", "openai:a", "openai:a"] })).toEqual(["a"])
  expect(order([a], { stored: [] })).toEqual([])
})
