import { afterAll, expect, test } from "bun:test"
import { commandLine } from "../support/command-line.ts"

const line = commandLine()
afterAll(() => line[Symbol.dispose]())

test("--version answers with the version, in each spelling", async () => {
  const { version } = await Bun.file(`${import.meta.dir}/../../package.json`).json()
  for (const flag of ["--version", "-V", "-v"])
    expect(await line.fased([flag])).toEqual({ code: 0, out: `fased ${version}\n`, err: "" })
})

test("help goes to stdout when asked for, to stderr when something was missing", async () => {
  for (const args of [["--help"], ["help"], ["-h"]]) {
    const { code, out, err } = await line.fased(args)
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toContain("Usage  fased <command>")
  }
  for (const args of [[], ["models"], ["config"]]) {
    const { code, out, err } = await line.fased(args)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toContain("Usage")
  }
})

test("every command has help of its own, without colour codes when piped", async () => {
  const { root } = await import("../../src/cli/tree.ts")
  const paths: string[][] = []
  const walk = (node: typeof root, path: string[]) => {
    for (const [name, child] of Object.entries(node.children ?? {})) {
      paths.push([...path, name])
      walk(child, [...path, name])
    }
  }
  walk(root, [])
  for (const path of paths) {
    const { code, out, err } = await line.fased([...path, "--help"])
    expect({ path, code, err }).toEqual({ path, code: 0, err: "" })
    expect(out).toContain(`Usage  fased ${path.join(" ")}`)
    expect(out).not.toContain("\u001b")
    expect(Math.max(...out.split("\n").map((text) => text.length))).toBeLessThanOrEqual(110)
  }
}, 60_000)

test.each([
  ["gatway", 'no command "gatway"', "Did you mean: fased gateway"],
  ["gateway statsu", 'no command "gateway statsu"', "Did you mean: fased gateway status"],
  ["gateway run --prot 1", "no flag --prot", "Did you mean --port?"],
  ["status --jsno", "no flag --jsno", "Did you mean --json?"],
  ["health -z", "no flag -z", "fased health --help"],
  ["agent --message", "--message needs a value", "Usage: fased agent"],
  ["agent --message --thinking", "--message needs a value", "--message=--thinking"],
  ["agent", "--message is missing", "Usage: fased agent"],
  ["agent --message=", "--message is empty", "Usage: fased agent"],
  ["agent -m hi --agent a --session-key b", "Give one of", "Usage: fased agent"],
  ["agent -m hi --thinking hihg", '--thinking cannot be "hihg"', "Did you mean high?"],
  ["agent -m hi --timeout soon", '--timeout cannot be "soon"', "whole number"],
  ["gateway run --port 99999", '--port cannot be "99999"', "1 to 65535"],
  ["gateway run --port", "--port needs a value", "Usage: fased gateway run"],
  ["gateway run --bind world", '--bind cannot be "world"', "loopback"],
  ["gateway run extra", '"extra" is one argument too many', "Usage"],
  ["gateway --json status", "no flag --json", "Usage"],
  ["gateway call", "<method> is missing", "Usage: fased gateway call <method>"],
  ["gateway call health --params {", "--params is not JSON", "single quotes"],
  ["gateway status --json=yes", "--json takes no value", "Write just --json"],
  ["health --timeout 0", '--timeout cannot be "0"', "whole number"],
  ["config set gateway.port", "<value> is missing", "Usage: fased config set <path> <value>"],
  ["config set a.b {x --strict-json", "not JSON", "--strict-json"],
  ["completion tcsh", 'no completion for "tcsh"', "zsh, bash, fish, powershell"],
  ["status --profile", "--profile needs a name", "--profile work"],
  ["start --port 5 --port", "--port needs a value", "Usage: fased start"],
])(
  "fased %s: exit 2, nothing on stdout, the reason and the way out on stderr",
  async (typed, problem, way) => {
    const { code, out, err } = await line.fased(typed.split(" "))
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toStartWith("error: ")
    expect(err).toContain(problem)
    expect(err).toContain(way)
  },
)

test("a profile name that could leave its folder is refused", async () => {
  const { code, err } = await line.fased(["--profile", "../x", "config", "file"])
  expect(code).toBe(1)
  expect(err).toContain("cannot be a profile name")
})

test("what a person typed is shown back without its control characters", async () => {
  const { err } = await line.fased(["\u001b]0;owned\u0007"])
  expect(err).not.toContain("\u001b")
  expect(err).toContain("\\x1b]0;owned\\x07")
})

test("each instance has its own config file", async () => {
  const file = async (...args: string[]) =>
    (await line.fased([...args, "config", "file"])).out.trim()
  expect(await file()).toBe(`${line.home}/.fased/fased.json`)
  expect(await file("--dev")).toBe(`${line.home}/.fased-dev/fased.json`)
  expect(await file("--profile", "work")).toBe(`${line.home}/.fased-work/fased.json`)
  expect((await line.fased(["config", "file", "--profile=work"])).out).toContain(".fased-work")
})

test("colours come only on a terminal, and NO_COLOR or --no-color stop them there", async () => {
  const run = async (args: string[], env: Record<string, string>) => {
    let shown = ""
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/../../src/main.ts`, ...args], {
      env: { PATH: process.env.PATH ?? "", HOME: line.home, TERM: "xterm-256color", ...env },
      terminal: {
        cols: 100,
        rows: 40,
        data: (_, data) => void (shown += Buffer.from(data).toString()),
      },
    })
    await child.exited
    return shown
  }
  expect(await run(["--help"], {})).toContain("\u001b[")
  expect(await run(["--help"], { NO_COLOR: "1" })).not.toContain("\u001b[")
  expect(await run(["--help", "--no-color"], {})).not.toContain("\u001b[")
})

test("a reader that goes away early is no error", async () => {
  const main = `${import.meta.dir}/../../src/main.ts`
  const script = `"${process.execPath}" "${main}" config schema | head -c 1 >/dev/null`
  const child = Bun.spawn(["sh", "-c", script], {
    env: { PATH: process.env.PATH ?? "", HOME: line.home },
    stderr: "pipe",
  })
  expect(await new Response(child.stderr).text()).toBe("")
})

test("with --json stdout gets its one document also when the flags were not understood", async () => {
  const { code, out, err } = await line.fased(["gateway", "install", "--json", "--port", "70000"])
  expect(code).toBe(2)
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: "cli.usage" } })
  expect(err).toContain("Usage: fased gateway install")
})
