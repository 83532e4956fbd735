import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { compile } from "../../build/compile.ts"
import type { ReleaseKey } from "../../src/update/manifest.ts"
import { root } from "./source-tree.ts"

export interface Version {
  version: string
  /** It says its version and reads its config, and no gateway of it ever comes up. */
  broken?: true
}

/** This fased under another version, trusting another key: what `src/main.ts` is, and no more. */
const main = ({ version, broken }: Version, key: ReleaseKey) => `
import keys from ${JSON.stringify(join(root, "src/update/release-keys.json"))}
const argv = process.argv.slice(2)
if (argv[0] === "--version") process.stdout.write("fased ${version}\\n")
else if (${Boolean(broken)} && /^(?:start|gateway)$/.test(argv[0])) process.exitCode = 1
else {
  keys.splice(0, Infinity, ${JSON.stringify(key)})
  const { run } = await import(${JSON.stringify(join(root, "src/cli/run.ts"))})
  process.exitCode = await run(argv, {
    execPath: process.execPath,
    cwd: process.cwd(),
    env: process.env,
    version: "${version}",
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  })
}
`

/** The real program, compiled once per version. */
export const compileVersions = async (versions: readonly Version[], key: ReleaseKey) => {
  const folder = await mkdtemp(join(tmpdir(), "fased-versions-"))
  const path = (version: string) => join(folder, `fased-${version}`)
  for (const made of versions) {
    const { version } = made
    const entry = join(folder, `main-${version}.ts`)
    await writeFile(entry, main(made, key))
    await compile(path(version), undefined, { entrypoints: [entry], version })
  }
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
