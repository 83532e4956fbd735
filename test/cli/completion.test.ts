import { afterAll, expect, test } from "bun:test"
import { commandLine } from "../support/command-line.ts"

const line = commandLine()
afterAll(() => line[Symbol.dispose]())

const offered = async (...words: string[]) =>
  (await line.fased(["complete", "--", ...words])).out
    .split("\n")
    .map((text) => text.split("\t")[0]!)

test.each(["zsh", "bash", "fish", "powershell"])(
  "completion %s prints a script for fased",
  async (shell) => {
    const { code, out, err } = await line.fased(["completion", shell])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toContain("fased")
    expect(out).not.toContain(import.meta.dir)
  },
)

test("the bash script is sound", async () => {
  const { out } = await line.fased(["completion", "--shell", "bash"])
  const bash = Bun.spawnSync(["bash", "-n"], { stdin: Buffer.from(out), stderr: "pipe" })
  expect(bash.stderr.toString()).toBe("")
})

test("commands, subcommands and flags are offered as they are typed", async () => {
  expect(await offered("ga")).toContain("gateway")
  expect(await offered("gateway", "st")).toContain("status")
  expect(await offered("gateway", "run", "--po")).toContain("--port")
  expect(await offered("")).not.toContain("complete")
})

test("the choices of a flag are offered", async () => {
  expect(await offered("agent", "--thinking", "")).toContain("high")
})

/** What bash with nothing but itself makes of a line, asked by a <Tab> at its end. */
const inBash = async (...words: string[]) => {
  const { out: script } = await line.fased(["completion", "bash"])
  const list = (items: readonly string[]) => items.map((item) => `'${item}'`).join(" ")
  const asked = [
    // Stands for the program: says what it was asked, then offers a few words.
    `fased() { printf '%s\\n' "asked:$#:\${*: -1}" high$'\\t'much status start agent:main :4; }`,
    script,
    `COMP_WORDS=(${list(["fased", ...words])}) COMP_CWORD=${words.length}`,
    "__fased_complete",
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join("\n")
  const bash = Bun.spawnSync(["bash", "--noprofile", "--norc", "-c", asked], { stderr: "pipe" })
  expect(bash.stderr.toString()).toBe("")
  return bash.stdout.toString().trim().split("\n")
}

test.each([
  [["st"], ["status", "start"]],
  [["agent", "--thinking", "hi"], ["high"]],
  [["agent", "--thinking", "=", "hi"], ["high"]],
  [
    ["agent", "--thinking", "="],
    ["asked:4:--thinking=", "high", "status", "start", "agent:main"],
  ],
  [["sessions", "agent", ":", "ma"], ["main"]],
  [["backup", "verify", "ba"], [""]],
])("bash by itself completes %j to %j", async (words, wanted) => {
  expect(await inBash(...words)).toEqual(wanted)
})

test("a <Tab> runs nothing of what stands in the line", async () => {
  expect(await inBash("agent", "$(echo ran >&2)`echo ran >&2`", "st")).toEqual(["status", "start"])
})
