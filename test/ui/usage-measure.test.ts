import { expect, test } from "bun:test"
import { stepsTo } from "../../src/ui/view/usage/measure.ts"
import { amount, counted, dollars } from "../../src/ui/words.ts"

test("an axis has at most four round steps, none above what is drawn", () => {
  for (const most of [0.0003, 0.7, 1, 3, 90, 1234, 999_999, 7e9]) {
    const steps = stepsTo(most)
    expect(steps.length).toBeGreaterThan(0)
    expect(steps.length).toBeLessThanOrEqual(4)
    expect(steps.at(-1)!).toBeLessThanOrEqual(most)
  }
  expect(stepsTo(90)).toEqual([25, 50, 75])
  expect(stepsTo(0)).toEqual([])
})

test("amounts have as many digits as anybody reads", () => {
  expect([0, 999, 1000, 12_400, 999_400, 999_960, 3_140_000].map(amount)).toEqual([
    "0",
    "999",
    "1.0 k",
    "12.4 k",
    "999 k",
    "1.0 M",
    "3.1 M",
  ])
  expect([0, 0.0042, 3.1, 1204].map(dollars)).toEqual(["$0.00", "$0.0042", "$3.10", "$1,204"])
  expect(counted(1, "line")).toBe("1 line")
  expect(counted(10_000, "entry", "entries")).toBe("10,000 entries")
})
