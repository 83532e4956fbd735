import { expect, test } from "bun:test"
import { createSeen } from "../../src/ui/seen.ts"

const shelf = (text?: string) => {
  let kept = text
  return {
    getItem: () => kept ?? null,
    setItem: (_: string, value: string) => void (kept = value),
  }
}

test("what was there before this browser first looked is not new, what comes after is", () => {
  const seen = createSeen(shelf(), () => 100)
  expect(seen.isNew({ key: "a", updatedAt: 90 })).toBe(false)
  expect(seen.isNew({ key: "a", updatedAt: 110 })).toBe(true)
  expect(seen.isNew({ key: "a" })).toBe(false)
})

test("a conversation that was on screen is new again when something is said in it", () => {
  let now = 100
  const storage = shelf()
  const seen = createSeen(storage, () => now)
  now = 200
  seen.look("a")
  expect(seen.isNew({ key: "a", updatedAt: 150 })).toBe(false)
  expect(seen.isNew({ key: "a", updatedAt: 250 })).toBe(true)
  // Another tab, later.
  now = 300
  expect(createSeen(storage, () => now).isNew({ key: "a", updatedAt: 250 })).toBe(true)
})

test("what somebody else left in its place begins anew", () => {
  for (const text of ["", "no", "{}", "[1]", '{"since":"x"}'])
    expect(createSeen(shelf(text), () => 100).isNew({ key: "a", updatedAt: 90 })).toBe(false)
})

test("the browser keeps a few hundred of them, not all there ever were", () => {
  let now = 0
  const storage = shelf()
  const seen = createSeen(storage, () => ++now)
  for (let at = 0; at < 700; at++) seen.look(`s${at}`)
  expect(Object.keys(JSON.parse(storage.getItem()!).at)).toHaveLength(500)
})
