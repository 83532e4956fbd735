import { expect, test } from "bun:test"
import { join } from "node:path"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { atTerminal } from "../support/terminal.ts"
import { vtScreen } from "../support/vt-screen.ts"

const size = { cols: 80, rows: 24 }
const main = join(import.meta.dir, "../../src/main.ts")

/** The terminal UI at a terminal of 80×24, on a gateway of its own. */
const tui = (gateway: TestGateway, env: Record<string, string> = {}, args: string[] = []) => {
  const port = String(gateway.running.port)
  const words = ["tui", "--port", port, "--token", testToken, ...args]
  const terminal = atTerminal([process.execPath, main, ...words], {
    cwd: gateway.home,
    env: { HOME: gateway.home, PATH: process.env.PATH ?? "", ...env },
    ...size,
  })
  const screen = () => vtScreen(terminal.raw(), size)
  /** Resolves when the screen as a whole shows it. */
  const shows = async (text: string) => {
    const until = performance.now() + 10_000
    while (!screen().lines.some((line) => line.includes(text))) {
      if (performance.now() > until)
        throw new Error(`not seen: "${text}"\n${screen().lines.join("\n")}`)
      await new Promise((next) => setTimeout(next, 10))
    }
  }
  return { ...terminal, screen, shows, [Symbol.asyncDispose]: terminal[Symbol.asyncDispose] }
}

test("a message is answered on the screen, which fits 80×24 and is left as it was", async () => {
  await using gateway = await startGateway()
  await using at = tui(gateway)
  await at.shows("Enter sends")
  at.type("hello\r")
  await at.shows("› hello")
  await at.shows("  Hello")
  expect(at.screen().lines[0]).toContain("fased · agent:main:main · fased/guide · 127.0.0.1")
  at.type("\x03")
  expect(await at.exited).toBe(0)
  expect(at.raw()).toEndWith("\x1b[?2004l\x1b[?1049l\x1b[?25h")
})

test("without colour there is none, and nothing is lost", async () => {
  await using gateway = await startGateway()
  await using at = tui(gateway, { NO_COLOR: "1" })
  await at.shows("Enter sends")
  at.type("hello\r")
  await at.shows("› hello")
  // oxlint-disable-next-line no-control-regex -- colours are what must not be there
  expect(at.raw().replaceAll("\x1b[0m", "")).not.toMatch(/\x1b\[[0-9;]*m/)
})

test("what somebody else's words hold cannot act on the terminal", async () => {
  await using gateway = await startGateway()
  const message = "before\x1b]0;owned\x07\x1b[2J\u202eafter"
  await gateway.client.request("chat.inject", { sessionKey: "main", message })
  await using at = tui(gateway)
  await at.shows("before")
  expect(at.raw()).not.toContain("\x1b]")
  expect(at.raw()).not.toContain("\u202e")
  expect(at.screen().lines.join("\n")).toContain("\\x1b]0;owned\\x07\\x1b[2J\\u202eafter")
})

test("slash commands are completed, and sessions and models are chosen from lists", async () => {
  await using gateway = await startGateway()
  await gateway.client.request("chat.inject", { sessionKey: "agent:main:work", message: "older" })
  await using at = tui(gateway)
  await at.shows("fased/guide")
  at.type("/s\t")
  await at.shows("Commands (Enter takes one")
  at.type("\x1b")
  await at.shows("Enter sends")
  at.type("ess\t")
  await at.shows("> /sessions")
  at.type("\r")
  await at.shows("Sessions (Enter opens")
  at.type(
    at.screen().lines.some((line) => line.startsWith("> agent:main:work")) ? "\r" : "\x1b[B\r",
  )
  await at.shows("fased · agent:main:work")
  await at.shows("older")
})

test("a session is found by its short name, a command's answer stays, and a new session begins empty", async () => {
  await using gateway = await startGateway()
  await using at = tui(gateway, {}, ["--session", "work"])
  await at.shows("fased · agent:main:work")
  at.type("hello\r")
  await at.shows("  Hello")
  at.type("/model fased/guide\r")
  await at.shows("fased/guide answers here.")
  at.type("/new\r")
  while (at.screen().lines.some((line) => line.includes("› hello")))
    await new Promise((next) => setTimeout(next, 10))
  await at.shows("› /new")
})

test("what could not be sent stands where it was written, and nowhere else", async () => {
  const gateway = await startGateway()
  await using at = tui(gateway)
  await at.shows("Enter sends")
  await gateway.stop()
  await at.shows("Not connected")
  at.type("is anybody there\r")
  await at.shows("! Not connected.")
  const { lines } = at.screen()
  expect(lines.filter((line) => line.includes("is anybody there"))).toEqual(["> is anybody there"])
  await gateway[Symbol.asyncDispose]()
})

test("pasted lines wait to be sent; wide characters take their room", async () => {
  await using gateway = await startGateway()
  await using at = tui(gateway)
  await at.shows("Enter sends")
  at.type(`\x1b[200~one\ntwo 漢字${"漢".repeat(60)}\x1b[201~`)
  await at.shows("two 漢字")
  const { lines } = at.screen()
  expect(lines.some((line) => line.startsWith("› "))).toBe(false)
  expect(lines.filter((line) => line.includes("漢")).length).toBe(2)
})

test("a command that waits is decided in a list, whose first line decides nothing", async () => {
  await using gateway = await startGateway()
  await using at = tui(gateway)
  await at.shows("Enter sends")
  const answer = gateway.client.request("exec.approval.request", {
    command: "uname -a",
    host: "node",
    nodeId: "abc",
    timeoutMs: 20_000,
  })
  await at.shows("A command waits for your answer (Ctrl-O): uname -a")
  at.type("\x0f\r")
  await at.shows("A command waits for your answer (Ctrl-O)")
  at.type("\x0f\x1b[B\r")
  expect(await answer).toMatchObject({ decision: "allow-once" })
  await at.shows("Allowed this once")
})

test("another size of the terminal is another screen, and all of it fits", async () => {
  await using gateway = await startGateway()
  await using at = tui(gateway)
  await at.shows("Enter sends")
  at.type("hello\r")
  await at.shows("  Hello")
  const before = at.raw().length
  at.resize(40, 10)
  const narrow = () => vtScreen(at.raw().slice(before), { cols: 40, rows: 10 }).lines
  while (!narrow()[8]?.startsWith("Enter sends")) await new Promise((next) => setTimeout(next, 10))
  expect(narrow()[0]).toBe("fased · agent:main:main · fased/guide ·…")
})

test("it finds back when the gateway restarts, and shows what was said meanwhile", async () => {
  const first = await startGateway({ start: { port: 0 } })
  const { port } = first.running
  await using at = tui(first)
  await at.shows("Enter sends")
  await first.stop()
  await at.shows("Not connected")
  const again = await startGateway({ home: first.home, start: { port } })
  await again.client.request("chat.inject", { sessionKey: "main", message: "while you were away" })
  await at.shows("while you were away")
  await again.stop()
  await first[Symbol.asyncDispose]()
})

test("where a terminal can only show lines, the conversation is lines", async () => {
  await using gateway = await startGateway()
  await using at = tui(gateway, { TERM: "dumb" })
  await at.sees("fased · agent:main:main")
  at.type("hello\r")
  await at.sees("Hello")
  expect(at.raw()).not.toContain("\x1b")
  at.type("/quit\r")
  expect(await at.exited).toBe(0)
})

test("lines that stand are not written again when the gateway comes back", async () => {
  const first = await startGateway()
  const { port } = first.running
  await using at = tui(first, { TERM: "dumb" })
  await at.sees("fased · agent:main:main")
  at.type("hello\r")
  await at.sees("Hello")
  await first.stop()
  await at.sees("Not connected")
  const again = await startGateway({ home: first.home, start: { port } })
  await again.client.request("chat.inject", { sessionKey: "main", message: "while away" })
  await at.sees("while away")
  expect(at.raw().split("Hello!")).toHaveLength(2)
  await again.stop()
  await first[Symbol.asyncDispose]()
})
