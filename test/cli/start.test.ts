import { expect, test } from "bun:test"
import { existsSync, statSync } from "node:fs"
import { commandLine } from "../support/command-line.ts"

/** Any free port; others find the gateway by what it wrote down. */
const env = { FASED_GATEWAY_PORT: "0" }

/** Runs a gateway in the foreground until `sign` is on its stdout. */
const running = async (
  line: ReturnType<typeof commandLine>,
  args: string[],
  sign: string,
  more: Record<string, string> = {},
) => {
  const child = line.spawn(args, { ...env, ...more })
  const reader = child.stdout.getReader()
  let out = ""
  while (!out.includes(sign)) {
    const { value, done } = await reader.read()
    if (done)
      throw new Error(`${args.join(" ")} ended: ${out}${await new Response(child.stderr).text()}`)
    out += Buffer.from(value).toString()
  }
  reader.releaseLock()
  return {
    out,
    child,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

test("a newcomer's two commands: start sets everything up, agent gets an answer", async () => {
  using line = commandLine()
  await using gateway = await running(line, ["start"], "Ctrl-C stops it.")
  expect(statSync(line.configFile).mode & 0o777).toBe(0o600)
  expect(gateway.out).toMatch(/Dashboard\s+http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}/)
  expect(gateway.out).toContain('fased agent --message "hello"')
  expect(gateway.out).toContain(`${line.state}/logs/`)
  expect(existsSync(`${line.state}/workspace`)).toBe(true)

  const reply = await line.fased(["agent", "--message", "what can you do?"])
  expect(reply.code).toBe(0)
  expect(reply.out.length).toBeGreaterThan(50)

  const again = await line.fased(["start"])
  expect(again.code).toBe(0)
  expect(again.out).toContain("runs already")
  expect(again.out).toMatch(/#token=[0-9a-f]{64}/)

  const changed = await line.fased(["config", "set", "logging.level", "debug"])
  expect(changed.out).toContain("Takes effect at once.")
  const moved = await line.fased(["config", "set", "gateway.port", "4001"])
  expect(moved.out).toContain("Takes effect when the gateway restarts")

  gateway.child.kill("SIGTERM")
  expect(await gateway.child.exited).toBe(0)
  expect((await line.fased(["gateway", "status"])).out).toContain("Runtime: stopped")
}, 30_000)

test("gateway run refuses an instance nobody set up, and --allow-unconfigured runs it and writes nothing", async () => {
  using line = commandLine()
  const refused = await line.fased(["gateway", "run"], { env })
  expect(refused.code).toBe(1)
  expect(refused.err).toContain("Gateway start blocked: set gateway.mode=local")
  await using gateway = await running(
    line,
    ["gateway", "run", "--allow-unconfigured", "--token", "a-token-of-this-run-0123456789"],
    "gateway log file: ",
  )
  expect(existsSync(line.configFile)).toBe(false)
  const seen = await line.fased(["health"], {
    env: { FASED_GATEWAY_TOKEN: "a-token-of-this-run-0123456789" },
  })
  expect(seen.code).toBe(0)
  gateway.child.kill("SIGINT")
  expect(await gateway.child.exited).toBe(0)
}, 30_000)

test("a second gateway of the same instance is refused and names the first", async () => {
  using line = commandLine()
  await using gateway = await running(line, ["start"], "Ctrl-C stops it.")
  const second = await line.fased(["gateway", "run"], { env })
  expect(second.code).toBe(1)
  expect(second.err).toContain("another gateway instance is already")
  expect(second.err).toContain(String(gateway.child.pid))
}, 30_000)

test("--dev runs apart: its own folder, set up by itself", async () => {
  using line = commandLine()
  await using _gateway = await running(line, ["--dev", "gateway", "run"], "gateway log file: ")
  expect(existsSync(`${line.home}/.fased-dev/fased.json`)).toBe(true)
  expect(existsSync(line.configFile)).toBe(false)
  expect((await line.fased(["--dev", "health"])).code).toBe(0)
  expect((await line.fased(["health"])).code).toBe(1)
}, 30_000)

test("commands made from methods read their flags by the method's own schema", async () => {
  using line = commandLine()
  await using _gateway = await running(line, ["start"], "Ctrl-C stops it.")
  await line.fased(["agent", "-m", "hello"])
  const described = await line.fased(["sessions", "describe", "--key", "main", "--json"])
  expect(JSON.parse(described.out)).toMatchObject({ session: { key: "agent:main:main" } })
  const missing = await line.fased(["sessions", "describe"])
  expect(missing.code).toBe(2)
  expect(missing.err).toContain("--key is missing")
  const wrong = await line.fased(["chat", "history", "--session-key", "main", "--limit", "many"])
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('--limit cannot be "many"')
  const tooMuch = await line.fased(["chat", "history", "--session-key", "main", "--limit", "5000"])
  expect(tooMuch.code).toBe(2)
  expect(tooMuch.err).toContain("--limit: ")
  expect((await line.fased(["agents", "list"])).out).toContain("main")
  expect((await line.fased(["sessions", "--help"])).out).toContain("describe")
  const unknown = await line.fased(["sessions", "descibe"])
  expect(unknown.err).toContain("Did you mean: fased sessions describe")
}, 30_000)

test("doctor --fix makes what is missing and says so; without it nothing is touched", async () => {
  using line = commandLine({
    gateway: { mode: "local", auth: { token: "a-long-enough-token-0123456789" } },
  })
  const workspace = `${line.state}/workspace`
  const looked = await line.fased(["doctor"])
  expect(looked.out).toContain("fased doctor --fix will: Create")
  expect(existsSync(workspace)).toBe(false)
  const fixed = await line.fased(["doctor", "--fix"])
  expect(fixed.code).toBe(0)
  expect(fixed.out).toContain(`fixed: Create ${workspace}`)
  expect(existsSync(workspace)).toBe(true)
})
