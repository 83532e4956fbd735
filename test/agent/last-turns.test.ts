import { expect, test } from "bun:test"
import { lastTurns } from "../../src/agent/context.ts"
import type { Entry } from "../../src/sessions/message.ts"

const entries = ["user", "assistant", "user", "toolResult", "assistant", "user", "assistant"].map(
  (role, seq) => ({ seq, message: { role, content: "", timestamp: 0 } }) as unknown as Entry,
)
const kept = (most: number) =>
  lastTurns({ entries, cut: false }, most).entries.map(({ seq }) => seq)

test("the newest turns are read whole, and no more than wanted", () => {
  expect(kept(1)).toEqual([5, 6])
  expect(kept(2)).toEqual([2, 3, 4, 5, 6])
  expect(kept(0)).toEqual([])
  expect(kept(9)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(lastTurns({ entries, cut: false }, 1).cut).toBe(true)
  expect(lastTurns({ entries, cut: false }, 3).cut).toBe(false)
})
