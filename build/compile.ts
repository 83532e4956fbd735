import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import manifest from "../package.json"
import { bundlePages, pagesFolder, pagesList } from "../src/gateway/ui-bundle.ts"
import { asides, workers } from "../src/kernel/aside.ts"
import { bundledFolder, bundledNames, readSources } from "../src/plugins/bundled.ts"
import { type Target, targets } from "./targets.ts"

export const root = dirname(import.meta.dir)
export const hostBinary = join(root, "dist", "fased")

const entries = ["src/main.ts"]

/** Every flag has its reason; the binary is tested in a hostile folder (test/build/hostile.test.ts). */
const flags = [
  "--compile",
  '--define=process.env.NODE_ENV="production"', // else it is inlined as "development"
  "--minify-whitespace", // not --production: that also shortens identifiers, and a stack trace
  "--minify-syntax", // would name nothing. Source maps would cost 2.3 MB of 60 (gzip).
  "--splitting", // what is imported lazily is parsed lazily
  "--bytecode", // less than half the start-up time …
  "--format=esm", // … and without this, a binary that may die at start
  "--sourcemap=none",
  "--no-compile-autoload-bunfig", // nothing in the folder it is started from
  "--no-compile-autoload-dotenv", // may run code or set a variable
  "--compile-autoload-package-json", // plugins on disk resolve their own packages
]

/** Compiles fased to `outfile`: for this machine, or for a named target. */
export const compile = async (
  outfile: string,
  target?: Target,
  { entrypoints = entries, version = manifest.version } = {},
) => {
  await mkdir(dirname(outfile), { recursive: true })
  // Built beside its destination and renamed: a running binary is safe.
  const work = await mkdtemp(`${outfile}.build-`)
  try {
    const built = join(work, "fased")
    const scripts = join(work, "asides")
    await writeScripts(scripts)
    const pages = join(work, pagesFolder)
    await writePages(pages)
    const plugins = join(work, bundledFolder)
    for (const name of bundledNames)
      await Bun.write(join(plugins, `${name}.json`), JSON.stringify(await readSources(name)))
    const command = [
      process.execPath,
      "build",
      ...flags,
      `--asset=${scripts}`,
      `--asset=${pages}`,
      `--asset=${plugins}`,
      ...(target ? [`--target=${targets[target].bun}`] : []),
      ...entrypoints,
      "--outfile",
      built,
    ]
    const failed = `Could not compile ${target ?? "for this machine"}.${advice(target)}`
    const told = await run(command, failed)
    if (!(await Bun.file(built).exists())) throw new Error(`${told}\n${failed}`)
    if (!target) await answers(built, version)
    await rename(built, outfile)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return (await stat(outfile)).size
}

/** What goes along as scripts (src/kernel/aside.ts). */
const writeScripts = async (folder: string) => {
  const fromSource = (path: string) => join(root, "src", `${path}.ts`)
  const options: Omit<Bun.BuildConfig, "entrypoints"> = {
    root: join(root, "src"),
    target: "bun",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [inEnglish],
  }
  const entrypoints = asides.map(fromSource)
  await Bun.build({ ...options, entrypoints, splitting: true, outdir: folder })
  for (const path of workers) {
    const { outputs } = await Bun.build({ ...options, entrypoints: [fromSource(path)] })
    const script = await outputs[0]!.arrayBuffer()
    await Bun.write(join(folder, `${path}.js.zst`), Bun.zstdCompressSync(script, { level: 19 }))
  }
}

/** Zod's messages in fifty languages, of which nobody is shown one. */
const inEnglish: Bun.BunPlugin = {
  name: "zod in English",
  setup(build) {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js"',
    }))
  },
}

/** Imported by the program they would get bytecode too, which no browser reads. */
export const writePages = async (folder: string) => {
  const files = await bundlePages()
  const list = files.map(({ name, type }) => ({ name, type }))
  await Bun.write(join(folder, pagesList), JSON.stringify(list))
  for (const { name, bytes } of files) await Bun.write(join(folder, name), bytes)
}

/** Runs a program and gives what it printed; throws that, and `failed`, when it does not end well. */
const run = async (command: string[], failed: string) => {
  const child = Bun.spawn(command, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`${out}${err}\n${failed}`)
  return `${out}${err}`
}

const advice = (target?: Target) =>
  target
    ? `\nA build for another machine fetches Bun's runtime for it (${targets[target].bun}) from the npm` +
      " registry;\nif the lines above speak of a download, check that the registry answers: npm ping"
    : ""

/** Compiling can succeed and leave a binary that dies at start, so it must say its version. */
const answers = async (binary: string, version: string) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([binary, "--version"], {
    cwd: tmpdir(),
    env: {},
    timeout: 20_000,
  })
  if (exitCode !== 0 || !stdout.includes(version)) {
    throw new Error(
      `The compiled binary does not answer --version (exit code ${exitCode}):\n${stdout}${stderr}`,
    )
  }
}

/** True when something the binary is made from changed after it was built. */
export const isStale = async () => {
  const built = await stat(hostBinary).catch(() => null)
  if (!built) return true
  const sources = new Bun.Glob("{src/**,build/compile.ts,package.json,bun.lock,tsconfig.json}")
  for await (const path of sources.scan({ cwd: root, onlyFiles: false })) {
    if ((await stat(join(root, path))).mtimeMs > built.mtimeMs) return true
  }
  return false
}
