export interface Totals {
  passed: number
  failed: number
  skipped: number
}

export const addTotals = (a: Totals, b: Totals): Totals => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
})

/**
 * Reads the totals of a test run from its JUnit report. The report leaves out a file that could
 * not be loaded and an error outside any test, so both are counted here as failures.
 */
export const junitTotals = (xml: string, files: readonly string[], exitCode: number): Totals => {
  const summary = /<testsuites\b[^>]*>/.exec(xml)?.[0] ?? ""
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(summary)?.[1] ?? 0)
  const reported = new Set(Array.from(xml.matchAll(/\bfile="([^"]+)"/g), ([, file]) => file))
  const missing = files.filter((file) => !reported.has(file))
  for (const file of missing) console.error(`${file}: no test in it ran`)

  const skipped = count("skipped")
  const passed = count("tests") - count("failures") - skipped
  const failed = count("failures") + missing.length
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped }
}
