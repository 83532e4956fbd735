/**
 * `npm run bench`, its second half: what a person waits for a command, with a gateway running, beside
 * `--version` and a bare binary, measured in turns in one run.
 */
import { join } from "node:path"
import { compile, hostBinary, root } from "../../build/compile.ts"
import { freshHome } from "../support/binary.ts"
import { median, printTable, timed } from "./measure.ts"

const rounds = Number(process.argv[2] ?? 15)
const bare = join(root, "dist", "bench", "bare")
const commands = [
  "--version",
  "--help",
  "gateway status --json",
  "status --json",
  "health --json",
  "config get",
  "doctor --json",
]

await compile(bare, undefined, { entrypoints: ["test/bench/bare-server.ts"] })
await using home = freshHome()
home.configure({})
await using _gateway = await home.start()

const run = (binary: string, args: readonly string[]) =>
  timed(
    () =>
      Bun.spawn([binary, ...args], {
        cwd: home.path,
        env: { HOME: home.path, PATH: "/usr/bin:/bin" },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      }).exited,
  )

const taken = new Map(commands.map((command) => [command, [] as number[]]))
const least: number[] = []
for (let round = 0; round < rounds; round++) {
  least.push(await run(bare, ["--version"]))
  for (const [command, times] of taken) times.push(await run(hostBinary, command.split(" ")))
}

const bareMs = median(least)
const versionMs = median(taken.get("--version")!)
const rows = [...taken].map(([command, times]) => {
  const ms = median(times)
  return [command, ms, ms / versionMs, ms / bareMs] as const
})
printTable([
  ["median", "ms", "of --version", "of a bare binary"],
  ...rows.map(([command, ms, ofVersion, ofBare]) => [
    command,
    ms.toFixed(1),
    `${ofVersion.toFixed(2)}×`,
    `${ofBare.toFixed(2)}×`,
  ]),
])
