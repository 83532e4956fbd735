/**
 * `npm run bench`: fased beside a bare server, both compiled alike, measured in turns in one run.
 * The ratios mean something on any machine; the times only on this one.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { compile, hostBinary, root } from "../../build/compile.ts"
import { median, printTable } from "./measure.ts"

const rounds = Number(process.argv[2] ?? 15)
const bare = join(root, "dist", "bench", "bare")
const folder = await mkdtemp(join(tmpdir(), "fased-bench-"))
const env = { HOME: folder, PATH: "/usr/bin:/bin" }

type Sample = Record<string, number>

const freePort = async () => {
  const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() })
  const { port } = probe
  await probe.stop(true)
  return port!
}

const since = (started: number) => performance.now() - started

/** Runs the program once from start to stop. */
const sample = async (binary: string): Promise<Sample> => {
  const asked = performance.now()
  await Bun.spawn([binary, "--version"], { env, stdout: "ignore" }).exited
  const version = since(asked)

  const port = await freePort()
  const launched = performance.now()
  const args = [
    "gateway",
    "run",
    "--port",
    `${port}`,
    "--token",
    "b".repeat(40),
    "--allow-unconfigured",
  ]
  const server = Bun.spawn([binary, ...args], {
    env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  })
  while (server.exitCode === null && !(await answers(port))) await Bun.sleep(1)
  if (server.exitCode !== null) throw new Error(`${binary} did not start`)
  const start = since(launched)

  await Bun.sleep(1000)
  const memory = await residentMegabytes(server.pid)
  const told = performance.now()
  server.kill("SIGTERM")
  await server.exited
  return {
    "--version, ms": version,
    "start to answer, ms": start,
    "idle, MB": memory,
    "SIGTERM to exit, ms": since(told),
  }
}

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  )

const residentMegabytes = async (pid: number) => {
  const ps = Bun.spawn(["ps", "-o", "rss=", "-p", `${pid}`], { stdout: "pipe" })
  return Number(await new Response(ps.stdout).text()) / 1000
}

try {
  await compile(bare, undefined, { entrypoints: ["test/bench/bare-server.ts"] })
  const samples: { fased: Sample; bare: Sample }[] = []
  for (let round = 0; round < rounds; round++)
    samples.push({ fased: await sample(hostBinary), bare: await sample(bare) })

  const rows = Object.keys(samples[0]!.fased).map((what) => {
    const ours = median(samples.map(({ fased }) => fased[what]!))
    const least = median(samples.map(({ bare }) => bare[what]!))
    const figures = [ours, least].map((value) => value.toFixed(1))
    return [what, ...figures, `${(ours / least).toFixed(2)}×`]
  })
  printTable([["median", "fased", "bare", "ratio"], ...rows])
} finally {
  await rm(folder, { recursive: true, force: true })
}
