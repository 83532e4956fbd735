/** `npm run build`: compiles fased for this machine, or makes release assets for others. */
import { parseArgs } from "node:util"
import { compile, hostBinary, isStale } from "./compile.ts"
import { release } from "./release.ts"
import { megabytes, report } from "./report.ts"
import { type Target, targetNames } from "./targets.ts"

const usage = `Usage: npm run build -- [options]

Without options: compiles dist/fased for this machine and runs it once.

  --if-stale        only when the sources are newer than dist/fased
  --target <name>   makes dist/release with this target's asset; may be given several times
  --all             makes dist/release with every target
  --help

Targets: ${targetNames.join(", ")}`

const build = async () => {
  const { values } = parseArgs({
    options: {
      "if-stale": { type: "boolean" },
      target: { type: "string", multiple: true },
      all: { type: "boolean" },
      help: { type: "boolean" },
    },
  })
  if (values.help) return console.log(usage)

  const wanted = values.all ? targetNames : (values.target ?? []).map(known)
  if (wanted.length > 0) return release(wanted, report)
  if (values["if-stale"] && !(await isStale())) return

  const started = performance.now()
  const size = await compile(hostBinary)
  report("dist/fased", megabytes(size), performance.now() - started)
}

const known = (name: string) => {
  if (!(targetNames as string[]).includes(name)) {
    throw new Error(`No target "${name}". There are: ${targetNames.join(", ")}.`)
  }
  return name as Target
}

await build().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
