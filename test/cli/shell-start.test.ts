import { afterEach, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { commandLine } from "../support/command-line.ts"

const lines: ReturnType<typeof commandLine>[] = []
afterEach(() => lines.splice(0).forEach((line) => line[Symbol.dispose]()))
const freshLine = () => {
  const line = commandLine()
  lines.push(line)
  return line
}

const files: [shell: string, path: string][] = [
  ["bash", ".bashrc"],
  ["zsh", ".zshrc"],
  ["fish", ".config/fish/config.fish"],
]

test.each(files)(
  "completion --install for %s adds one block, however often it runs",
  async (shell, path) => {
    const line = freshLine()
    const start = join(line.home, path)
    mkdirSync(join(start, ".."), { recursive: true })
    writeFileSync(start, "# mine, without a line break at the end", { mode: 0o644 })

    const first = await line.fased(["completion", "--install", "-s", shell])
    expect(first).toMatchObject({ code: 0, err: "" })
    expect(first.out).toContain(`Added to ${start}`)
    const text = readFileSync(start, "utf8")
    expect(text).toStartWith(
      "# mine, without a line break at the end\n# >>> fased completion >>>\n",
    )
    expect(text).toContain(`${line.state}/completions/fased.${shell}`)
    expect(existsSync(join(line.state, "completions", `fased.${shell}`))).toBe(true)
    expect(statSync(start).mode & 0o777).toBe(0o644)

    writeFileSync(start, `${text}# and more of mine\n`)
    const again = await line.fased(["completion", "--install", shell])
    expect(again.out).toContain("loads it already")
    expect(readFileSync(start, "utf8")).toBe(`${text}# and more of mine\n`)

    writeFileSync(start, text.replace("completions", "elsewhere") + "# and more of mine\n")
    await line.fased(["completion", "--install", shell])
    expect(readFileSync(start, "utf8")).toBe(`${text}# and more of mine\n`)
  },
)

test("a start-up file that is a link stays one, and its mode stays as it is", async () => {
  const line = freshLine()
  const real = join(line.home, "dotfiles-bashrc")
  writeFileSync(real, "")
  chmodSync(real, 0o600)
  symlinkSync("dotfiles-bashrc", join(line.home, ".bashrc"))
  await line.fased(["completion", "-i", "bash"])
  expect(lstatSync(join(line.home, ".bashrc")).isSymbolicLink()).toBe(true)
  expect(readFileSync(real, "utf8")).toContain("fased completion")
  expect(statSync(real).mode & 0o777).toBe(0o600)
})

test("a block that somebody cut in half is left alone", async () => {
  const line = freshLine()
  writeFileSync(join(line.home, ".bashrc"), "# >>> fased completion >>>\nmine\n")
  const { code, err } = await line.fased(["completion", "-i", "bash"])
  expect(code).toBe(1)
  expect(err).toContain("not its end")
  expect(readFileSync(join(line.home, ".bashrc"), "utf8")).toBe(
    "# >>> fased completion >>>\nmine\n",
  )
})

test("bash starts with the block, completes fased, and starts without the state too", async () => {
  const line = freshLine()
  await line.fased(["completion", "--install", "bash"])
  const bash = (command: string) =>
    Bun.spawnSync(["bash", "--rcfile", join(line.home, ".bashrc"), "-i", "-c", command], {
      env: { HOME: line.home, PATH: "/usr/bin:/bin" },
      stdin: "ignore",
    })
  const found = bash("complete -p fased").stdout.toString()
  expect(found).toContain("fased")
  await line.fased(["uninstall", "--state", "--yes"])
  expect(bash("echo fine").stdout.toString()).toBe("fine\n")
})

test("--write-state only keeps the script; PowerShell is told what to do", async () => {
  const line = freshLine()
  const { out } = await line.fased(["completion", "--write-state", "-s", "zsh"])
  expect(out).toBe(`${line.state}/completions/fased.zsh\n`)
  expect(existsSync(join(line.home, ".zshrc"))).toBe(false)
  const power = await line.fased(["completion", "--install", "powershell"])
  expect(power.code).toBe(2)
  expect(power.err).toContain("$PROFILE")
})
