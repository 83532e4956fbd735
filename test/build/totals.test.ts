import { expect, test } from "bun:test"
import { addTotals, junitTotals } from "../../build/totals.ts"

const report = (counts: string, ...files: string[]) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" ${counts} time="1.5">\n` +
  files
    .map((file) => `  <testsuite name="${file}" file="${file}" tests="9" failures="9">`)
    .join("\n")

test("totals are the whole run's, not a file's", () => {
  const xml = report('tests="7" assertions="9" failures="2" skipped="1"', "a.test.ts", "b.test.ts")
  const totals = junitTotals(xml, ["a.test.ts", "b.test.ts"], 1)
  expect(totals).toEqual({ passed: 4, failed: 2, skipped: 1 })
})

test("a file the report leaves out counts as a failure", () => {
  const xml = report('tests="1" failures="0" skipped="0"', "a.test.ts")
  const totals = junitTotals(xml, ["a.test.ts", "broken.test.ts"], 1)
  expect(totals).toEqual({ passed: 1, failed: 1, skipped: 0 })
})

test("a run that failed without saying where counts as a failure", () => {
  const xml = report('tests="3" failures="0" skipped="0"', "a.test.ts")
  expect(junitTotals(xml, ["a.test.ts"], 1)).toEqual({ passed: 3, failed: 1, skipped: 0 })
  expect(junitTotals("", ["a.test.ts"], 134)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test("totals add up", () => {
  const one = { passed: 1, failed: 2, skipped: 3 }
  expect(addTotals(one, one)).toEqual({ passed: 2, failed: 4, skipped: 6 })
})
