import { expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { version } from "../../package.json" with { type: "json" }
import { commandLine } from "../support/command-line.ts"
import { fakeModel } from "../support/fake-model.ts"
import { atTerminal, keys } from "../support/terminal.ts"

const { enter, up, down, interrupt } = keys
const main = join(import.meta.dir, "..", "..", "src", "main.ts")

/** Nothing of this machine's own model servers is found. */
const env = { FASED_MODEL_SERVERS: "", FASED_GATEWAY_PORT: "0" }

/** `fased` at a small terminal, in this home and in nothing else of this machine's environment. */
const onboarding = (
  args: readonly string[],
  home: string,
  more: Record<string, string> = {},
  size = { cols: 80, rows: 24 },
) =>
  atTerminal([process.execPath, main, ...args], {
    cwd: home,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, ...env, ...more },
    ...size,
  })

const firstScreen = `┌  fased ${version}
│
◇  Before you begin ─────────────────────────────────────────────────────╮
│                                                                        │
│  Your assistant acts with your rights: it reads and writes files in    │
│  its workspace, and what it is allowed to run, it runs as you.         │
│  Text it reads, a mail or a web page, can try to mislead it.           │
│                                                                        │
│  • One gateway is for one person, or for people who trust each other.  │
│  • It listens on this machine only, and asks for a token.              │
│  • See what could be tighter, at any time: fased security audit        │
│                                                                        │
├────────────────────────────────────────────────────────────────────────╯
│
◆  Understood. Shall we go on?
│  ● Yes / ○ No
└`

for (const [how, more] of [
  ["in colour", {}],
  ["without colour", { NO_COLOR: "1" }],
] as const)
  test(`the first screen fits a small terminal, ${how}`, async () => {
    using line = commandLine()
    await using terminal = onboarding(["onboard"], line.home, more)
    await terminal.sees("└")
    expect(terminal.screen().replaceAll("\r", "").trim()).toBe(firstScreen)
    // oxlint-disable-next-line no-control-regex -- colours are control characters
    expect(/\x1b\[\d[\d;]*m/.test(terminal.raw())).toBe(how === "in colour")
  })

test("a terminal that does not know its size is taken for a usual one", async () => {
  using line = commandLine()
  await using terminal = onboarding(["onboard"], line.home, {}, { cols: 0, rows: 0 })
  await terminal.sees("│  ● Yes / ○ No")
  expect(terminal.screen()).toContain("Understood. Shall we go on?")
})

test("from an empty home to the first answer", async () => {
  using line = commandLine()
  await using terminal = onboarding(["onboard", "--skip-daemon"], line.home)
  await terminal.sees("Shall we go on?")
  terminal.type(enter)
  await terminal.sees("Where will your assistant live?")
  terminal.type(enter)
  await terminal.sees("Which model shall answer?")
  terminal.type(up + enter) // the last of them: none yet
  await terminal.sees("Start it now, in this terminal?")
  expect(terminal.screen()).toContain("none yet; the built-in guide answers")
  terminal.type(enter)
  await terminal.sees("Ctrl-C stops it.")
  const reply = await line.fased(["agent", "--message", "what can you do?"])
  expect(reply.code).toBe(0)
  expect(reply.out).toContain("not a language model")
  terminal.type(interrupt)
  expect(await terminal.exited).toBe(0)
}, 30_000)

test("a pasted key is never shown, and one that is refused can be given again", async () => {
  const good = "sk-good-0123456789abcdef0123"
  await using model = fakeModel({
    turns: [
      ({ headers }) =>
        headers.authorization === `Bearer ${good}` ? "ready" : { fail: { status: 401 } },
    ],
  })
  using line = commandLine()
  const flags = ["--accept-risk", "--host-profile", "local", "--skip-daemon"]
  const url = ["--custom-base-url", `${model.url}/v1`, "--custom-model-id", "fake-1"]
  await using terminal = onboarding(["onboard", ...flags, ...url], line.home)
  await terminal.sees("What does it speak?")
  terminal.type(enter)
  await terminal.sees("Its key")
  terminal.type(`sk-bad-0123456789abcdef01234${enter}`)
  await terminal.sees("What now?")
  expect(existsSync(line.configFile)).toBe(false)
  terminal.type(enter)
  await terminal.sees("Which model shall answer?")
  terminal.type(up + up + enter) // the last but one: another server
  await terminal.sees("Its address")
  terminal.type(`${model.url}/v1${enter}`)
  await terminal.sees("What does it speak?")
  terminal.type(enter)
  await terminal.sees("Name of the model")
  terminal.type(`fake-1${enter}`)
  await terminal.sees("Its key")
  terminal.type(good + enter)
  await terminal.sees("Start it now")
  terminal.type(down + enter)
  await terminal.sees("Start it with: fased start")
  expect(await terminal.exited).toBe(0)
  expect(terminal.raw()).not.toContain("sk-bad-01")
  expect(terminal.raw()).not.toContain("sk-good-01")
  expect(readFileSync(line.configFile, "utf8")).toContain(good)
}, 30_000)

const leaving: [where: string, words: string, typed: string[]][] = [
  ["at the first question", "Shall we go on?", []],
  ["in the middle", "Which model shall answer?", [enter, enter]],
]
for (const [where, words, typed] of leaving)
  test(`Ctrl-C ${where} leaves nothing behind`, async () => {
    using line = commandLine()
    await using terminal = onboarding(["onboard"], line.home)
    const steps = ["Shall we go on?", "Where will your assistant live?"]
    for (const [at, key] of typed.entries()) {
      await terminal.sees(steps[at]!)
      terminal.type(key)
    }
    await terminal.sees(words)
    terminal.type(interrupt)
    await terminal.sees("Stopped. Nothing was changed.")
    expect(await terminal.exited).toBe(130)
    expect(existsSync(line.configFile)).toBe(false)
  })

test("Ctrl-C at the very end keeps what is set up, and says so", async () => {
  using line = commandLine()
  const flags = ["--accept-risk", "--host-profile", "local", "--auth-choice", "guide"]
  await using terminal = onboarding(["onboard", ...flags, "--skip-daemon"], line.home)
  await terminal.sees("Start it now, in this terminal?")
  terminal.type(interrupt)
  await terminal.sees("Stopped. What was answered before is kept.")
  expect(await terminal.exited).toBe(130)
  expect(existsSync(line.configFile)).toBe(true)
})

test("what may be left empty may be left empty: a server without a key, a gateway without a token", async () => {
  await using model = fakeModel({ turns: ["ready"] })
  using line = commandLine()
  const flags = ["--accept-risk", "--host-profile", "local", "--skip-daemon"]
  const url = ["--custom-base-url", `${model.url}/v1`, "--custom-model-id", "fake-1"]
  await using terminal = onboarding(["onboard", ...flags, ...url], line.home)
  await terminal.sees("What does it speak?")
  terminal.type(enter)
  await terminal.sees("Its key")
  terminal.type(enter)
  await terminal.sees("Start it now")
  terminal.type("n")
  expect(await terminal.exited).toBe(0)
  expect(readFileSync(line.configFile, "utf8")).toContain('"auth": "none"')

  using client = commandLine()
  await using asked = onboarding(["onboard", "--accept-risk", "--mode", "remote"], client.home)
  await asked.sees("Its address")
  asked.type(`nowhere${enter}`)
  await asked.sees("not a gateway")
  asked.type(`${"\x7f".repeat(7)}ws://127.0.0.1:1${enter}`)
  await asked.sees("Its token")
  asked.type(enter)
  await asked.sees("warning:")
  expect(await asked.exited).toBe(1)
  const { gateway } = Bun.JSON5.parse(readFileSync(client.configFile, "utf8")) as {
    gateway: object
  }
  expect(gateway).toEqual({ mode: "remote", remote: { url: "ws://127.0.0.1:1" } })
}, 30_000)

test("no to the risk is a no", async () => {
  using line = commandLine()
  await using terminal = onboarding(["onboard"], line.home)
  await terminal.sees("Shall we go on?")
  terminal.type("n")
  expect(await terminal.exited).toBe(1)
  expect(terminal.screen()).toContain("answer yes")
  expect(existsSync(line.configFile)).toBe(false)
})

test("configure goes through one part and writes only that", async () => {
  using line = commandLine()
  await line.fased(["setup"])
  const before = Bun.JSON5.parse(readFileSync(line.configFile, "utf8")) as { gateway: object }
  await using terminal = onboarding(["configure", "--section", "gateway"], line.home)
  await terminal.sees("Where will your assistant live?")
  terminal.type(enter)
  await terminal.sees("Port of the gateway")
  terminal.type(`${"\x7f".repeat(5)}4321${enter}`)
  await terminal.sees("Who can reach the port?")
  terminal.type(enter)
  await terminal.sees("What must a client present?")
  terminal.type(enter)
  await terminal.sees("Changed gateway.port")
  expect(await terminal.exited).toBe(0)
  const after = Bun.JSON5.parse(readFileSync(line.configFile, "utf8")) as { gateway: object }
  expect(after.gateway).toEqual({ ...before.gateway, port: 4321 })
}, 30_000)

test("configure says plainly what this version has not", async () => {
  using line = commandLine()
  await using terminal = onboarding(["configure", "--section", "channels"], line.home)
  await terminal.sees("Channels: this version has none yet.")
  expect(await terminal.exited).toBe(0)
})
