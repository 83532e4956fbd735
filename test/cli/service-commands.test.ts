/** The service commands where there is no service, or can be none. The real one: test/e2e/service.test.ts */
import { expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { lockState } from "../../src/store/lock.ts"
import { commandLine } from "../support/command-line.ts"

test("with nothing installed, stop and uninstall succeed and start and restart say what to type", async () => {
  using shell = commandLine()
  for (const word of ["stop", "uninstall"]) {
    const { code, out } = await shell.fased(["gateway", word])
    expect(code).toBe(0)
    expect(out).toStartWith("No service is installed")
    const json = JSON.parse((await shell.fased(["gateway", word, "--json"])).out)
    expect(json).toEqual({ ok: true, action: word, outcome: "absent" })
  }
  for (const word of ["start", "restart"]) {
    const { code, err } = await shell.fased(["gateway", word])
    expect(code).toBe(1)
    expect(err).toContain("Install it: fased gateway install")
  }
  const { err } = await shell.fased(["--profile", "work", "daemon", "start"])
  expect(err).toContain("Install it: fased --profile work gateway install")
})

test("gateway status without a service says how to get one, and asks no service manager", async () => {
  using shell = commandLine()
  const { code, out } = await shell.fased(["gateway", "status"])
  expect(code).toBe(0)
  expect(out).toStartWith("✗ No gateway runs.\n\nService: not installed (fased gateway install")
  expect(out).toContain("\nRuntime: stopped\n")
  const json = JSON.parse((await shell.fased(["gateway", "status", "--json"])).out)
  expect(json).toMatchObject({ service: null, runtime: { status: "stopped" } })
})

test("--deep lists other gateways' services and how to be rid of what does not belong", async () => {
  using shell = commandLine()
  const units = join(shell.home, ".config", "systemd", "user")
  mkdirSync(units, { recursive: true })
  writeFileSync(join(units, "ai.fased.work.service"), "")
  writeFileSync(join(units, "openclaw-gateway.service"), "")
  const { out } = await shell.fased(["gateway", "status", "--deep"])
  if (process.platform !== "linux") return
  expect(out).toContain(`Another profile's service: ${units}/ai.fased.work.service`)
  expect(out).toContain(`Also starts a gateway: ${units}/openclaw-gateway.service`)
  expect(out).toContain("systemctl --user disable --now openclaw-gateway.service")
})

test("Node is refused as a runtime, with the reason, before anything is made", async () => {
  using shell = commandLine()
  const { code, err } = await shell.fased(["gateway", "install", "--runtime", "node"])
  expect(code).toBe(1)
  expect(err).toContain("cannot run its service on Node")
  expect(existsSync(shell.configFile)).toBe(false)
})

test("a gateway that is this machine's client of another is not installed", async () => {
  using shell = commandLine({ gateway: { mode: "remote", remote: { url: "ws://127.0.0.1:1" } } })
  const { code, err } = await shell.fased(["gateway", "install"])
  expect(code).toBe(1)
  expect(err).toContain("Gateway start blocked: set gateway.mode=local")
})

test("run from the sources there is no program that a service could start", async () => {
  using shell = commandLine()
  const { code, err } = await shell.fased(["gateway", "install"])
  expect(code).toBe(1)
  expect(err).toContain("needs the compiled program")
  expect(existsSync(join(shell.home, ".config"))).toBe(false)
})

test("N196: a gateway that runs in a terminal is in the way, a process that only has its old id is not", async () => {
  using shell = commandLine({ gateway: { mode: "local", auth: { token: "t".repeat(40) } } })
  const lock = lockState(shell.state)
  lock.announce({ pid: process.pid, port: 1, url: "ws://127.0.0.1:1", version: "1", startedAt: 1 })
  const { err } = await shell.fased(["gateway", "install"])
  expect(err).toContain(`runs already, in a terminal: ws://127.0.0.1:1 (pid ${process.pid})`)
  const note = readFileSync(join(shell.state, "gateway.json"))
  lock.release()
  writeFileSync(join(shell.state, "gateway.json"), note)
  const later = await shell.fased(["gateway", "install"])
  expect(later.err).toContain("needs the compiled program")
})

test.skipIf(process.platform !== "linux")(
  "a service of the machine needs root, a user who is not root, and that user's config",
  async () => {
    using shell = commandLine()
    const install = (...more: string[]) => shell.fased(["gateway", "install", "--system", ...more])
    const { code, err } = await install()
    expect(code).toBe(1)
    if (process.getuid?.() !== 0)
      return expect(err).toContain("sudo fased gateway install --system")
    expect(err).toContain("--user <name>")
    expect((await install("--user", "no-such-user")).err).toContain(
      "There is no user no-such-user.",
    )
    expect((await install("--user", "nobody")).err).toContain("nobody has no config yet")
  },
)
