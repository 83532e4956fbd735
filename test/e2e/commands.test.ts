/** Every command against the running binary, as a person reads it and as a program does. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { freshHome, testToken } from "../support/binary.ts"
import type { Gateway, Home } from "../support/binary.ts"
import { everydayCommands, otherCommands, root } from "../../src/cli/tree.ts"

const apiKey = "sk-canary-Zq81Lx0pT7wV3nB5mK2jH9"
let home: Home
let gateway: Gateway

const config = `{
  // Who may come in.
  gateway: { mode: "local", auth: { mode: "token", token: "${testToken}" } },
  models: { providers: { openai: { apiKey: "${apiKey}" } } }, // a key to keep
  agents: { defaults: { model: "fased/guide", skipBootstrap: true } },
}
`

beforeAll(async () => {
  home = freshHome()
  home.configure(config)
  gateway = await home.start()
  await home.fased(["agent", "--message", `hello from ${apiKey.slice(0, 5)}`])
})
afterAll(() => home?.[Symbol.asyncDispose]())

/** What a person sees in each command's output. */
const commands: Record<string, string | RegExp> = {
  "gateway status": /^✓ Online at http[^]*\nRuntime: running .*\nRPC probe: ok .*\nDashboard: http/,
  "gateway health": /^Gateway: online\n/,
  "gateway probe": /^✓ A gateway answers[^]*\nlocal +ws:\/\/127\.0\.0\.1:\d+ +ok/,
  "gateway call health": '"ok": true',
  "gateway identity get": "deviceId",
  status: /Gateway +running at http/,
  health: /^Gateway: online\n/,
  doctor: "All is well.",
  sessions: "agent:main:main",
  "sessions list": "agent:main:main",
  "sessions describe --key main": "agent:main:main",
  "sessions preview --keys main": "hello from sk-ca",
  "agents list": "main",
  "models list": "fased/guide",
  "models status": /openai +ready/,
  "status --all": "Config, secrets masked",
  "channels status --probe": /^No chat network is set up/,
  "config get": '"mode": "local"',
  "config get gateway.mode": /^local\n$/,
  "config get gateway.auth.token": "__FASED_REDACTED__",
  "config schema": '"$schema"',
  "config file": /^\/.*\/fased\.json\n$/,
  "config validate": /^valid /,
  "dashboard --no-open": /^http:\/\/127\.0\.0\.1:\d+\/#token=/,
  "agent --message hello": "not a language model",
}

// oxlint-disable-next-line no-control-regex
const ansi = /\u001b/

describe.each(Object.entries(commands))("fased %s", (name, wanted) => {
  const args = name.split(" ")

  test("tells people", async () => {
    const { code, out, err } = await home.fased(args)
    expect({ code, err }).toEqual({ code: 0, err: "" })
    if (typeof wanted === "string") expect(out).toContain(wanted)
    else expect(out).toMatch(wanted)
    expect(out).not.toMatch(ansi)
    if (args[0] !== "dashboard") expect(out).not.toContain(testToken)
    expect(out).not.toContain(apiKey)
  })

  test("tells programs, in one JSON document", async () => {
    const { code, out, err } = await home.fased([...args, "--json"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(() => JSON.parse(out)).not.toThrow()
    if (args[0] !== "dashboard") expect(out).not.toContain(testToken)
    expect(out).not.toContain(apiKey)
  })
})

const everyCommand = [...everydayCommands, ...otherCommands].flatMap(([, names]) => names)

test("the first page of help fits a screen of 24 lines and names every command", async () => {
  const { out } = await home.fased(["--help"])
  const lines = out.trimEnd().split("\n")
  expect(lines.length).toBeLessThanOrEqual(24)
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  const listed = Object.entries(root.children!).flatMap(([name, { hidden }]) =>
    hidden ? [] : [name],
  )
  expect(everyCommand.toSorted()).toEqual(listed.toSorted())
  for (const name of listed) expect(out).toMatch(new RegExp(`\\b${name}\\b`))
})

test("every command has help, at every level, and none of it is an error", async () => {
  const listed = (help: string) =>
    [...help.matchAll(/^ {2}([a-z][\w-]*)(?: [a-z][\w-]*)* {2,}\S/gm)].map(([, word]) => word!)
  const visit = async (path: string[]) => {
    const { code, out, err } = await home.fased([...path, "--help"])
    expect({ path, code, err }).toEqual({ path, code: 0, err: "" })
    expect(out).toContain(`Usage  ${["fased", ...path].join(" ")}`)
    expect(out.split("\n").filter((line) => line.length > 110)).toEqual([])
    const [, below = ""] = /Commands\n([^]*?)(\n\n|$)/.exec(out) ?? []
    const words = path.length ? listed(`${below}\n`) : everyCommand
    for (const word of new Set(words)) await visit([...path, word])
  }
  await visit([])
}, 180_000)

test.each([
  ["no such command", ["frobnicate"]],
  ["a misspelt command", ["staus"]],
  ["an unknown flag", ["status", "--frob"]],
  ["a flag without its value", ["gateway", "run", "--port"]],
  ["a port that is none", ["gateway", "run", "--port", "99999"]],
  ["no message", ["agent"]],
  ["an empty message", ["agent", "--message", " "]],
  ["parameters that are no JSON", ["gateway", "call", "health", "--params", "{oops"]],
  ["two ways to say which session", ["agent", "-m", "x", "--agent", "main", "--session-id", "1"]],
])("%s is a usage error: exit code 2, words on stderr, nothing on stdout", async (_, args) => {
  const { code, out, err } = await home.fased(args)
  expect({ code, out }).toEqual({ code: 2, out: "" })
  expect(err).toStartWith("error: ")
  expect(err).toContain("Usage: ")
})

test.each([
  ["an unknown method", ["gateway", "call", "no.such"], "unknown method: no.such"],
  ["an unknown setting", ["config", "get", "gateway.prot"], "gateway.port"],
  ["a setting that is not set", ["config", "get", "gateway.customBindHost"], "not set"],
  ["a value that is not allowed", ["config", "set", "gateway.bind", "moon"], "loopback"],
  ["an unknown agent", ["agent", "-m", "x", "--agent", "nobody"], 'no agent named "nobody"'],
  ["an unknown model", ["agent", "-m", "x", "--model", "moon/one"], "moon"],
  ["--url without a credential", ["health", "--url", "ws://127.0.0.1:1"], "credential"],
])("%s is a failure: exit code 1 and what to do next", async (_, args, wanted) => {
  const { code, out, err } = await home.fased(args)
  expect({ code, out }).toEqual({ code: 1, out: "" })
  expect(err).toStartWith("error: ")
  expect(err).toContain(wanted)
  expect(err.split("\n").length).toBeGreaterThan(1)
})

test("a wrong token is named as such, and not shown", async () => {
  const wrong = "wrong-canary-0123456789abcdef0123"
  const { code, out, err } = await home.fased(["health", "--token", wrong])
  expect({ code, err }).toEqual({ code: 1, err: "" })
  expect(out).toContain("asks for a credential, and that from --token is not its own")
  expect(out).not.toContain(wrong)
  const status = await home.fased(["gateway", "status", "--token", wrong])
  expect(status).toMatchObject({ code: 0 })
  expect(status.out).toMatch(/^Runtime: running.*\nRPC probe: failed/m)
  expect((await home.fased(["gateway", "status", "--token", wrong, "--require-rpc"])).code).toBe(1)
})

test("models status --check is for scripts: it fails while nothing but the guide can answer", async () => {
  await using bare = freshHome()
  bare.configure({})
  expect((await bare.fased(["models", "status", "--check"])).code).toBe(1)
})

test.each(["bash", "zsh", "fish"])("the completion script for %s is one", async (shell) => {
  const { code, out, err } = await home.fased(["completion", "--shell", shell])
  expect({ code, err }).toEqual({ code: 0, err: "" })
  const program = Bun.which(shell)
  if (!program) return expect(out).toContain("fased")
  const checked = Bun.spawnSync([program, "-n"], { stdin: Buffer.from(out), stderr: "pipe" })
  expect({ code: checked.exitCode, err: checked.stderr.toString() }).toEqual({ code: 0, err: "" })
})

test("config set changes one value and leaves every comment where it was", async () => {
  await using other = freshHome()
  other.configure(config)
  expect(await other.fased(["config", "set", "gateway.port", "19077"])).toMatchObject({ code: 0 })
  const after = await Bun.file(other.configFile).text()
  expect(after).toContain("// Who may come in.")
  expect(after).toContain("// a key to keep")
  expect((await other.fased(["config", "get", "gateway.port"])).out).toBe("19077\n")
  expect(await other.fased(["config", "unset", "gateway.port"])).toMatchObject({ code: 0 })
  expect((await other.fased(["config", "get", "gateway.port"])).code).toBe(1)
})

test("the token and a key are in no output and no log but the ones that are for it", async () => {
  const logs = await home.fased(["logs", "--limit", "5000"])
  expect(logs.out).toContain("listening")
  const files = new Bun.Glob("**").scan({ cwd: `${home.state}/logs`, absolute: true })
  const written = await Promise.all((await Array.fromAsync(files)).map((f) => Bun.file(f).text()))
  for (const text of [logs.out, logs.err, ...written, gateway.err()]) {
    expect(text).not.toContain(testToken)
    expect(text).not.toContain(apiKey)
  }
  const shown = await home.fased(["config", "get", "gateway.auth.token", "--unredacted"])
  expect(shown.out).toContain(testToken)
  expect((await home.fased(["dashboard", "--no-open"])).out).toContain(testToken)
})
