/**
 * The one way in: `npm start`, `npm test`, `npm run build`, and the other tasks below.
 *
 * Runs under Node 18+ or Bun, whichever is there, and needs no packages. It makes sure that the
 * pinned Bun and the locked dependencies are installed, then hands over to that Bun.
 */
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { constants } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
)
const pinned = devDependencies.bun
const bun = join(root, "node_modules", ".bin", "bun")
const stamp = join(root, "node_modules", ".fased-installed")

const tasks = {
  start: [
    [bun, "build/main.ts", "--if-stale"],
    ["dist/fased", "start"],
  ],
  build: [[bun, "build/main.ts"]],
  test: [[bun, "build/test.ts"]],
  docs: [[bun, "build/docs.ts"]],
  sign: [[bun, "build/sign.ts"]],
  bench: [
    [bun, "build/main.ts", "--if-stale"],
    [bun, "test/bench/commands.ts"],
    [bun, "test/bench/run.ts"],
  ],
  "bench:channels": [
    [bun, "build/main.ts", "--if-stale"],
    [bun, "test/bench/channels.ts"],
  ],
  "bench:crash": [
    [bun, "build/main.ts", "--if-stale"],
    [bun, "test/bench/crash.ts"],
  ],
  "bench:http": [
    [bun, "build/main.ts", "--if-stale"],
    [bun, "test/bench/http.ts"],
  ],
  "bench:scale": [
    [bun, "build/main.ts", "--if-stale"],
    [bun, "test/bench/scale.ts"],
  ],
  "bench:soak": [
    [bun, "build/main.ts", "--if-stale"],
    [bun, "test/bench/soak.ts"],
  ],
  "bench:tasks": [
    [bun, "build/main.ts", "--if-stale"],
    [bun, "test/bench/tasks.ts"],
  ],
}

class Stop extends Error {}

/** What an installation depends on; when it changes, so does what must be installed. */
const wanted = () =>
  createHash("sha256")
    .update(JSON.stringify([dependencies, devDependencies]))
    .update(readFileSync(join(root, "bun.lock")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex")

const versionOf = (command) => {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" })
  return status === 0 ? stdout.trim() : undefined
}

/** Until the package's own install script has run, its `bun` is a short text that says so. */
const isRealBun = () => existsSync(bun) && statSync(bun).size > 1_000_000

const isInstalled = () =>
  isRealBun() && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted()

/** Puts bun's binary in place where the package manager was told not to run install scripts. */
const linkBun = () => {
  const folder = join(root, "node_modules", "bun")
  if (!isRealBun() && existsSync(join(folder, "install.js")))
    spawnSync(process.execPath, ["install.js"], { cwd: folder, stdio: ["ignore", 2, 2] })
}

/** A command line that runs the pinned Bun before there is a node_modules. */
const borrowedBun = () => {
  linkBun()
  if (isRealBun() && versionOf(bun) === pinned) return [bun]
  const present = process.versions.bun ? process.execPath : "bun"
  const version = process.versions.bun ?? versionOf(present)
  if (version === pinned) return [present]
  if (versionOf("npm")) {
    // A machine's npm may be set not to run install scripts; bun's only links its own binary.
    const allow = ["--ignore-scripts=false", "--allow-scripts=bun"]
    return ["npm", "exec", "--yes", ...allow, `--package=bun@${pinned}`, "--", "bun"]
  }
  if (version) return [present, "x", `bun@${pinned}`]
  throw new Stop(
    "Neither npm nor bun is on the PATH. Install Node 18 or newer (it brings npm), or Bun.",
  )
}

const install = () => {
  const [command, ...args] = borrowedBun()
  console.error(`Installing Bun ${pinned} and the locked dependencies …`)
  rmSync(stamp, { force: true })
  const { status } = spawnSync(command, [...args, "install", "--frozen-lockfile"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  })
  if (status !== 0)
    throw new Stop(
      "The dependencies could not be installed; the lines above say why.\n" +
        "They come from the npm registry. Check that it answers with: npm ping\n" +
        "Behind a proxy set HTTPS_PROXY; for a mirror: npm config set registry <url>\n" +
        "Then run the same command again; nothing needs to be cleaned up.",
    )
  linkBun()
  const installed = isRealBun() && versionOf(bun)
  if (installed !== pinned)
    throw new Stop(
      `node_modules holds Bun ${installed || "without its binary"}, but ${pinned} is needed.\n` +
        "Remove node_modules and run the same command again.",
    )
  writeFileSync(stamp, wanted())
}

/** Runs one command in the foreground; resolves with its exit code. */
const run = ([command, ...args]) =>
  new Promise((done, reject) => {
    const child = spawn(resolve(root, command), args, { cwd: root, stdio: "inherit" })
    // Ctrl-C on a terminal reaches the child by itself; a second one would read as impatience.
    const forward = (signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward)
    child.on("error", reject)
    child.on("exit", (code, signal) => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, forward)
      done(code ?? 128 + constants.signals[signal])
    })
  })

const main = async ([task = "start", ...args]) => {
  if (process.platform === "win32") throw new Stop("On Windows, run fased inside WSL2.")
  if (!process.versions.bun && Number.parseInt(process.versions.node, 10) < 18)
    throw new Stop(`Node ${process.versions.node} is too old: use Node 18 or newer, or Bun.`)
  const steps = Object.hasOwn(tasks, task) ? tasks[task] : undefined
  if (!steps) throw new Stop(`No task "${task}". There are: ${Object.keys(tasks).join(", ")}.`)
  if (!isInstalled()) install()
  for (const [index, step] of steps.entries()) {
    const code = await run(index === steps.length - 1 ? [...step, ...args] : step)
    if (code !== 0) return code
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Stop ? error.message : error)
  process.exitCode = 1
}
