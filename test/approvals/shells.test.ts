/** What is said of a line is held against what real shells do with it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import fc from "fast-check"
import { analyse } from "../../src/approvals/analyse.ts"
import { temporaryHome } from "../support/gateway.ts"

const names = ["aa", "bb", "cc"]
let home: Awaited<ReturnType<typeof temporaryHome>>
let path: string
let cwd: string
let runs = 0

beforeAll(async () => {
  home = await temporaryHome()
  path = join(home.path, "bin")
  cwd = join(home.path, "work")
  await mkdir(path)
  await mkdir(cwd)
  for (const name of names) {
    writeFileSync(
      join(path, name),
      `#!/bin/sh\nprintf '%s\\0' "\${0##*/}" "$@" '<end>' >> "$RECORD"\n`,
    )
    chmodSync(join(path, name), 0o755)
  }
})
afterAll(() => home[Symbol.asyncDispose]())

/** The programs a shell ran for a line, with their words. */
const ran = async (shell: string, line: string) => {
  // Its own for each: what a pipe leaves behind may write when its shell has ended.
  const record = join(home.path, `record-${runs++}`)
  const child = Bun.spawn([shell, "-c", line], {
    cwd,
    env: { PATH: path, RECORD: record, HOME: cwd, LC_ALL: "C.UTF-8" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 10_000,
  })
  await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (!existsSync(record)) return []
  const calls: string[][] = [[]]
  for (const word of readFileSync(record, "utf8").split("\0").slice(0, -1))
    if (word === "<end>") calls.push([])
    else calls.at(-1)!.push(word)
  return calls.slice(0, -1)
}

/** Every program that ran was foretold, with every word that was foretold as it stands. */
const foretold = async (shell: string, line: string) => {
  const analysis = analyse({ command: line, cwd, env: {}, path })
  if ("unclear" in analysis) return "unclear"
  const steps = [...analysis.steps]
  for (const [name, ...args] of await ran(shell, line)) {
    const named = (literal: boolean) =>
      steps.findIndex(
        (step) =>
          step.program.name === name &&
          (literal
            ? JSON.stringify(step.args.map(({ text }) => text)) === JSON.stringify(args)
            : step.args.some((word) => !word.literal)),
      )
    const exact = named(true)
    const at = exact < 0 ? named(false) : exact
    expect({ line, ran: [name, ...args], foretold: at >= 0 }).toMatchObject({ foretold: true })
    steps.splice(at, 1)
  }
  expect(readdirSync(cwd)).toEqual([])
  return "foretold"
}

const quoted = fc
  .string({ maxLength: 6 })
  .map((text) => text.replaceAll("'", "").replaceAll("\0", ""))
const word = fc.oneof(
  fc.constantFrom(
    "x",
    "-n",
    "a=b",
    "--",
    "!",
    "time",
    "{",
    "}",
    "if",
    "~",
    "*",
    "$x",
    "$'y'",
    '$"z"',
  ),
  quoted.map((text) => `'${text}'`),
  quoted.map((text) => `"${text}"`),
  fc.constantFrom("\\ ", '\\"', "\\'", "\\;", "\\\n", "x\\\ny", "''", '""', '"\\$x"', '"$x[1]"'),
)
const program = fc.oneof(
  fc.constantFrom(...names),
  fc.constantFrom("'aa'", '"b"b', "c\\c", "a\\\na", "/usr/bin/env aa", "/usr/bin/nice -n 1 bb"),
  fc.constantFrom("! aa", "time bb", "command cc", "exec aa", "LANG=C bb", "X=1 aa", "cd . && aa"),
  fc.constantFrom(
    "/bin/sh -c 'aa \"x y\"; bb'",
    "/usr/bin/env LANG=C cc",
    "/bin/sh -c aa\\ \\'x\\'",
  ),
)
const joint = fc.constantFrom(" && ", " || ", "; ", " | ", " & ", "\n", ";", "&&", " # ", " |& ")
const written = fc
  .array(fc.tuple(program, fc.array(word, { maxLength: 3 }), joint), { minLength: 1, maxLength: 4 })
  .map((commands) => commands.map(([name, args, end]) => [name, ...args].join(" ") + end).join(""))
/** What nobody would write, and someone who wants to get past us would. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...names, " ", " ", "\n", "\t", ";", "|", "&", "'", '"', "\\", "\\\n", "#"),
      fc.constantFrom("$", "`", "(", ")", "{", "}", "*", "=", "!", "~", "[", "]", "$x", "-", "\r"),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""))

const shells = ["bash", "dash", "zsh", "ksh"].flatMap((name) => Bun.which(name) ?? [])

describe.each(shells)("%s", (shell) => {
  test("runs nothing that was not foretold of an everyday line", async () => {
    let understood = 0
    await fc.assert(
      fc.asyncProperty(written, async (line) => {
        if ((await foretold(shell, line)) === "foretold") understood++
      }),
      { numRuns: 300 },
    )
    // Saying "unclear" to all would be easy.
    expect(understood).toBeGreaterThan(40)
  }, 60_000)

  test("runs nothing that was not foretold of a hostile line", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (line) => {
        await foretold(shell, `aa ${line}`)
      }),
      { numRuns: 400 },
    )
  }, 60_000)
})
