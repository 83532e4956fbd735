/** argv in, exit code out. */
import { version } from "../package.json" with { type: "json" }

const argv = process.argv.slice(2)

if (/^(--version|-V|-v)$/.test(argv[0] ?? "")) {
  process.stdout.write(`fased ${version}\n`)
} else {
  // The reader went away, as `fased logs | head` does: there is no one left to tell.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EIO") return // the terminal is gone, of which SIGHUP tells
      if (error.code !== "EPIPE") throw error
      process.exit(0)
    })
  const { run } = await import("./cli/run.ts")
  process.exitCode = await run(argv, {
    execPath: Bun.main.startsWith("/$bunfs/") ? process.execPath : undefined,
    cwd: process.cwd(),
    env: process.env,
    version,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  })
}
