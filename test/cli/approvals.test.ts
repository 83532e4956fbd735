import { describe, expect, test } from "bun:test"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { commandLine } from "../support/command-line.ts"
import { startConversation } from "../support/conversation.ts"
import { atTerminal } from "../support/terminal.ts"

const main = join(import.meta.dir, "..", "..", "src", "main.ts")

/** A gateway whose agent wants to run a command, and a command line in the same home. */
const setting = async (command = "touch made") => {
  const line = commandLine()
  const exec = { tools: [{ name: "exec", input: { command } }] }
  const place = await startConversation([exec, "So be it."], { home: line.home })
  return {
    line,
    place,
    fased: (...args: string[]) => line.fased(args),
    made: () => existsSync(join(place.gateway.paths.workspace, "made")),
    /** Has the agent ask, and gives the id it waits under. */
    async asked() {
      const { client } = place.gateway
      const id = Promise.withResolvers<string>()
      client.on("exec.approval.requested", (payload) => id.resolve((payload as { id: string }).id))
      const turn = place.chat.ask("make it")
      return { id: await id.promise, turn }
    },
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]()
      line[Symbol.dispose]()
    },
  }
}

describe("fased approvals", () => {
  test("shows what waits, whole, and lets it run", async () => {
    await using at = await setting("touch made # \u202e" + "x".repeat(300))
    const { id, turn } = await at.asked()
    const start = id.slice(0, 8)
    expect((await at.fased("approvals", "list")).out).toContain(start)
    const shown = (await at.fased("approvals", "show", start)).out
    expect(shown).toContain(`touch made # \\u{202e}${"x".repeat(300)}`)
    expect(shown).toContain("/touch")

    const unsure = await at.fased("approvals", "approve", start)
    expect(unsure.code).toBe(1)
    expect(unsure.err).toContain(`fased approvals approve ${start} --yes`)
    expect(at.made()).toBe(false)

    const allowed = await at.fased("approvals", "approve", start, "--always", "--yes")
    expect(allowed.out).toContain("now runs without a question")
    await turn
    expect(at.made()).toBe(true)
    const late = await at.fased("approvals", "deny", id)
    expect(late).toMatchObject({ code: 1 })
    expect(late.err).toContain("already answered")
    expect((await at.fased("approvals", "allowlist", "list")).out).toContain("/touch")
  })

  test("denies, and the command does not run", async () => {
    await using at = await setting()
    const { id, turn } = await at.asked()
    expect((await at.fased("approvals", "deny", id.slice(0, 6))).out).toContain("denied")
    await turn
    expect(at.made()).toBe(false)
  })

  test("adds a program by its name on this machine, and takes it away again", async () => {
    await using at = await setting()
    const { out } = await at.fased("approvals", "allowlist", "add", "touch", "--agent", "main")
    expect(out).toContain("bin/touch for main")
    const { agents } = JSON.parse((await at.fased("approvals", "get")).out)
    const [{ pattern }] = agents.main.allowlist
    await at.place.chat.ask("make it")
    expect(at.made()).toBe(true)
    const other = await at.fased("approvals", "allowlist", "remove", pattern)
    expect(other.err).toContain("is not on the allowlist of every agent")
    const gone = await at.fased("approvals", "allowlist", "remove", pattern, "--agent", "main")
    expect(gone.code).toBe(0)
    const bad = await at.fased("approvals", "allowlist", "add", "no-such-program-here")
    expect(bad.err).toContain("names no folder")
  })

  test("keeps an edited copy, and an older gateway's file", async () => {
    await using at = await setting()
    const file = join(at.line.home, "exec-approvals.json")
    const entry = { id: "a", pattern: "/usr/bin/git", lastUsedAt: 1 }
    writeFileSync(
      file,
      JSON.stringify({
        version: 1,
        socket: { token: "t0ken-of-an-old-socket" },
        agents: { default: { ask: "always", allowlist: [entry] } },
      }),
    )
    expect((await at.fased("approvals", "set", "--file", file)).out).toContain("1 allowed pattern")
    const { out } = await at.fased("approvals", "get")
    expect(out).not.toContain("t0ken")
    expect(JSON.parse(out).agents).toEqual({ main: { ask: "always", allowlist: [entry] } })
    expect((await at.fased("approvals", "set", "--file", "/no/such/file")).code).toBe(2)
  })

  test("sets a policy in parts or by a preset; the widest is asked about", async () => {
    await using at = await setting()
    const policy = (...args: string[]) => at.fased("approvals", "policy", ...args)
    expect((await policy("set", "--ask", "always")).out).toContain("ask always")
    expect((await policy("set", "--security", "deny", "--agent", "main")).code).toBe(0)
    const shown = (await policy("show")).out
    expect(shown).toContain("ask always")
    expect(shown).toContain("main  security deny")
    await at.place.chat.ask("make it")
    expect(JSON.stringify(at.place.model.calls.at(-1)!.body)).toContain("switched off")
    expect((await policy("preset", "trusted-operator")).code).toBe(1)
    expect((await policy("preset", "cautious")).out).toContain("security allowlist, ask always")
    expect((await policy("preset", "nonsense")).code).toBe(2)
    expect((await policy("set")).code).toBe(2)
  })
})

describe("fased agent at a terminal asks about the commands of its own turn", () => {
  test.each([
    ["y", true],
    ["n", false],
    ["", false],
  ])("%j", async (typed, made) => {
    await using at = await setting()
    const { home } = at.line
    const env = { PATH: process.env.PATH ?? "", HOME: home }
    const words = [process.execPath, main, "agent", "-m", "make it"]
    await using terminal = atTerminal(words, { cwd: home, env })
    await terminal.sees("touch made")
    await terminal.sees("Run it?")
    terminal.type(`${typed}\r`)
    await terminal.sees("So be it.")
    expect(await terminal.exited).toBe(0)
    expect(at.made()).toBe(made)
  })
})
