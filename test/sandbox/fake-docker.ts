import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/**
 * A `docker` that notes every call and keeps containers as files. `exec` really runs its command,
 * in the folder that is mounted as the container's working folder.
 */
export const fakeDocker = (home: string) => {
  const bin = join(home, "bin")
  const state = join(home, "docker-state")
  for (const folder of [bin, state]) mkdirSync(folder, { recursive: true })
  const calls = join(state, "calls")
  writeFileSync(join(state, "engine"), "up")
  writeFileSync(join(state, "images"), "fased-sandbox:bookworm-slim\n")
  const program = join(bin, "docker")
  writeFileSync(program, script(process.execPath, state))
  chmodSync(program, 0o755)
  return {
    bin,
    /** Each call's words, the oldest first. */
    calls: (): string[][] =>
      existsSync(calls)
        ? readFileSync(calls, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as string[])
        : [],
    engine: (how: "up" | "down") => writeFileSync(join(state, "engine"), how),
    images: (...names: string[]) => writeFileSync(join(state, "images"), `${names.join("\n")}\n`),
  }
}

const script = (bun: string, state: string) => `#!${bun}
const { appendFileSync, existsSync, readFileSync, writeFileSync, readdirSync, rmSync } = require("node:fs")
const state = ${JSON.stringify(state)}
const args = process.argv.slice(2)
appendFileSync(state + "/calls", JSON.stringify(args) + "\\n")
const fail = (text, code = 1) => { console.error(text); process.exit(code) }
if (readFileSync(state + "/engine", "utf8") !== "up")
  fail("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?")
const box = (name) => state + "/" + name + ".json"
const load = (name) => existsSync(box(name)) ? JSON.parse(readFileSync(box(name), "utf8")) : fail("Error: No such container: " + name)
const save = (it) => writeFileSync(box(it.name), JSON.stringify(it))
const valued = (flag) => args.flatMap((word, at) => (word === flag ? [args[at + 1]] : []))
const [verb, second] = args
if (verb === "version") console.log("27.0.0")
else if (verb === "image") {
  if (!readFileSync(state + "/images", "utf8").split("\\n").includes(args.at(-1))) fail("Error: No such image")
  console.log("sha256:1")
} else if (verb === "create") {
  const labels = Object.fromEntries(valued("--label").map((one) => one.split(/=(.*)/s).slice(0, 2)))
  const mounts = valued("--mount").map((one) => Object.fromEntries(one.split(",").map((part) => part.split("="))))
  save({ name: valued("--name")[0], labels, mounts, image: args.at(-3), running: false, created: "2026-11-22 10:00:00 +0000 UTC" })
  console.log("id")
} else if (verb === "start") save({ ...load(second), running: true })
else if (verb === "container") {
  const it = load(args.at(-1))
  console.log([it.running, it.labels["ai.fased.config"], it.labels["ai.fased.instance"]].join(" "))
} else if (verb === "rm") { load(args.at(-1)); rmSync(box(args.at(-1))) }
else if (verb === "ps") {
  const wanted = valued("--filter")[0].slice("label=".length).split("=")
  for (const file of readdirSync(state).filter((name) => name.endsWith(".json"))) {
    const it = JSON.parse(readFileSync(state + "/" + file, "utf8"))
    if (it.labels[wanted[0]] !== wanted[1]) continue
    console.log([it.name, it.running ? "running" : "exited", it.image, it.created, it.labels["ai.fased.scope"], it.labels["ai.fased.agent"], it.labels["ai.fased.config"]].join("\\t"))
  }
} else if (verb === "exec") {
  let at = 1
  let workdir
  const env = { PATH: "/usr/bin:/bin", HOME: "/" }
  for (; args[at].startsWith("-"); at++) {
    if (args[at] === "--workdir") workdir = args[++at]
    else if (args[at] === "--env") { const [name, value] = args[++at].split(/=(.*)/s); env[name] = value }
  }
  const it = load(args[at])
  if (!it.running) fail("container is not running")
  const mount = it.mounts.find(({ dst }) => (workdir ?? "/workspace").startsWith(dst))
  const cwd = mount ? mount.src + (workdir ?? mount.dst).slice(mount.dst.length) : "/"
  const child = Bun.spawn(args.slice(at + 1), { cwd, env, stdin: "inherit", stdout: "inherit", stderr: "inherit", detached: true })
  process.on("SIGTERM", () => {})
  process.exit(await child.exited)
} else fail("unknown " + verb)
`
