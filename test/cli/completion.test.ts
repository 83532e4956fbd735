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
