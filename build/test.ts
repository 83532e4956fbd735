/** `npm test`: every check and test there is. Arguments narrow the test files by part of their name. */
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { compile, hostBinary, root } from "./compile.ts"
import { seconds } from "./report.ts"
import { addTotals, junitTotals, type Totals, unreported } from "./totals.ts"

const bun = process.execPath
const filters = process.argv.slice(2)

const one = (ok: boolean): Totals => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 })

const command =
  (...args: string[]) =>
  async () => {
    const child = Bun.spawn(args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
    return one((await child.exited) === 0)
  }

const compileHost = () =>
  compile(hostBinary).then(
    () => one(true),
    (error: Error) => {
      console.error(error.message)
      return one(false)
    },
  )

const testFiles = async () => {
  const files = await Array.fromAsync(new Bun.Glob("test/**/*.test.{ts,tsx}").scan({ cwd: root }))
  return files
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort()
}

const runTests = async (): Promise<Totals> => {
  const files = await testFiles()
  if (files.length === 0) {
    console.error(`No test file has ${filters.join(" or ")} in its name.`)
    return one(false)
  }
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
  const xml = await Bun.file(junit)
    .text()
    .catch(() => "")
  for (const file of unreported(xml, files)) console.error(`${file}: no test in it ran`)
  return junitTotals(xml, files, code)
}

/** In order. What must hold before the tests mean anything counts as one test each. */
const steps: Record<string, () => Promise<Totals>> = {
  types: command(bun, "check"),
  format: command(bun, "fmt", "--check", "src", "test", "build"),
  // Through this Bun, because the linter's own first line asks for a node that may not be there.
  lint: command(bun, "--bun", "node_modules/oxlint/bin/oxlint", "--deny-warnings"),
  compile: compileHost,
  tests: runTests,
}

let totals: Totals = { passed: 0, failed: 0, skipped: 0 }
for (const [name, step] of Object.entries(steps)) {
  console.log(`── ${name}`)
  const started = performance.now()
  const result = await step()
  const mark = result.failed === 0 ? "ok" : "FAILED"
  console.log(`── ${name}: ${mark} in ${seconds(performance.now() - started)}\n`)
  totals = addTotals(totals, result)
}

process.exitCode = totals.failed === 0 ? 0 : 1
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
