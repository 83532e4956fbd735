/** `npm test`: every check and test there is. Arguments narrow the test files by part of their name. */
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { compile, hostBinary, root } from "./compile.ts"
import { seconds } from "./report.ts"
import { addTotals, junitTotals, type Totals } from "./totals.ts"

const bun = process.execPath
const filters = process.argv.slice(2)

const command =
  (...args: string[]) =>
  async () => {
    const child = Bun.spawn(args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
    return (await child.exited) === 0
  }

/** Things that must hold before the tests mean anything; each counts as one test. */
const steps: Record<string, () => Promise<boolean>> = {
  types: command(bun, "check"),
  format: command(bun, "fmt", "--check", "src", "test", "build"),
  // Through this Bun, because the linter's own first line asks for a node that may not be there.
  lint: command(bun, "--bun", "node_modules/oxlint/bin/oxlint", "--deny-warnings"),
  compile: () =>
    compile(hostBinary).then(
      () => true,
      (error: Error) => (console.error(error.message), false),
    ),
}

const timed = async <T>(name: string, work: () => Promise<T>, passed: (result: T) => boolean) => {
  console.log(`── ${name}`)
  const started = performance.now()
  const result = await work()
  const mark = passed(result) ? "ok" : "FAILED"
  console.log(`── ${name}: ${mark} in ${seconds(performance.now() - started)}\n`)
  return result
}

const testFiles = async () => {
  const files = await Array.fromAsync(new Bun.Glob("test/**/*.test.{ts,tsx}").scan({ cwd: root }))
  return files
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort()
}

const runTests = async (files: string[]): Promise<Totals> => {
  const junit = join(root, "dist", "junit.xml")
  await Bun.file(junit)
    .delete()
    .catch(() => {})
  // Tests wait more than they compute, so more workers than cores finish sooner.
  const workers = Math.min(8, availableParallelism() * 2)
  const options = [
    `--parallel=${workers}`,
    "--timeout=30000",
    "--only-failures",
    "--reporter=junit",
    `--reporter-outfile=${junit}`,
  ]
  const child = Bun.spawn([bun, "test", ...options, ...files.map((file) => `./${file}`)], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  })
  const code = await child.exited
  const report = Bun.file(junit)
  return junitTotals((await report.exists()) ? await report.text() : "", files, code)
}

let totals: Totals = { passed: 0, failed: 0, skipped: 0 }
for (const [name, step] of Object.entries(steps)) {
  const ok = await timed(name, step, Boolean)
  totals = addTotals(totals, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 })
}

const files = await testFiles()
if (files.length === 0) {
  console.error(`No test file has ${filters.join(" or ")} in its name.`)
  totals = addTotals(totals, { passed: 0, failed: 1, skipped: 0 })
} else {
  totals = addTotals(
    totals,
    await timed(
      "tests",
      () => runTests(files),
      ({ failed }) => failed === 0,
    ),
  )
}

process.exitCode = totals.failed === 0 ? 0 : 1
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
