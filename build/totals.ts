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

/** Test files the report does not mention: they could not be loaded, or hold no test. */
export const unreported = (xml: string, files: readonly string[]) => {
  const reported = new Set(Array.from(xml.matchAll(/\bfile="([^"]+)"/g), ([, file]) => file))
  return files.filter((file) => !reported.has(file))
}

/**
 * Reads the totals of a test run from its JUnit report. The report leaves out a file that could
 * not be loaded and an error outside any test, so both are counted here as failures.
 */
export const junitTotals = (xml: string, files: readonly string[], exitCode: number): Totals => {
  const summary = /<testsuites\b[^>]*>/.exec(xml)?.[0] ?? ""
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(summary)?.[1] ?? 0)
  const skipped = count("skipped")
  const passed = count("tests") - count("failures") - skipped
  const failed = count("failures") + unreported(xml, files).length
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped }
}
