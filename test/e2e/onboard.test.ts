/** The compiled binary, set up by a person at a terminal, and in one line on a server. */
import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { hostBinary } from "../../build/compile.ts"
import { freePort, freshHome } from "../support/binary.ts"
import { fakeTailscale, tailnetName } from "../support/fake-tailscale.ts"
import { noSystemd, startMachine } from "../support/systemd-user.ts"
import { atTerminal, keys } from "../support/terminal.ts"

test("from an empty home to the first answer, at a terminal", async () => {
  await using home = freshHome()
  await using terminal = atTerminal([hostBinary, "onboard", "--skip-daemon"], {
    cwd: home.path,
    env: {
      HOME: home.path,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      FASED_MODEL_SERVERS: "",
      FASED_GATEWAY_PORT: "0",
    },
    cols: 80,
    rows: 24,
  })
  await terminal.sees("Shall we go on?")
  terminal.type(keys.enter)
  await terminal.sees("Where will your assistant live?")
  terminal.type(keys.enter)
  await terminal.sees("Which model shall answer?")
  terminal.type(keys.up + keys.enter)
  await terminal.sees("Start it now, in this terminal?")
  terminal.type(keys.enter)
  await terminal.sees("Ctrl-C stops it.")
  const answer = await home.fased(["agent", "--message", "what can you do?"])
  expect(answer).toMatchObject({ code: 0, out: expect.stringContaining("not a language model") })
  terminal.type(keys.interrupt)
  expect(await terminal.exited).toBe(0)
}, 30_000)

const why = noSystemd ? ` (skipped: ${noSystemd})` : ""

describe.skipIf(noSystemd !== undefined)(`on a server with systemd${why}`, () => {
  const unit = "ai.fased.gateway.service"
  const line = ["onboard", "--non-interactive", "--accept-risk", "--host-profile", "hosting"]

  test("one line, and the gateway is supervised; the same line again changes nothing", async () => {
    await using machine = await startMachine()
    const env = { USER: "ada", SSH_CONNECTION: "198.51.100.7 50000 203.0.113.9 22" }
    const { code, out, err } = await machine.fased([...line, "--install-daemon"], env)
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toContain(`${unit}, running`)
    expect(out).toMatch(/ssh -N -L (\d+):127\.0\.0\.1:\1 ada@203\.0\.113\.9/)
    expect(await machine.property(unit, "ActiveState")).toBe("active")
    expect(await machine.property(unit, "UnitFileState")).toBe("enabled")

    const pid = await machine.property(unit, "MainPID")
    await machine.sh(`kill -9 ${pid}`)
    const next = await machine.broughtBack(unit, pid)

    const config = join(machine.state, "fased.json")
    const before = readFileSync(config, "utf8")
    const again = await machine.fased([...line, "--install-daemon", "--json"], env)
    expect(JSON.parse(again.out)).toMatchObject({
      ok: true,
      config: { created: false, changed: [] },
      service: { state: "unchanged" },
      health: { state: "ok" },
    })
    expect(readFileSync(config, "utf8")).toBe(before)
    expect(await machine.property(unit, "MainPID")).toBe(next)
  }, 60_000)

  test("in a tailnet it is reached by its name there, or the reason and another way are told", async () => {
    await using machine = await startMachine()
    const tailscale = fakeTailscale(join(machine.home, ".local"))
    const serve = [...line, "--install-daemon", "--tailscale", "serve", "--json"]
    const first = JSON.parse((await machine.fased(serve)).out)
    expect(first).toMatchObject({ ok: true, dashboardUrl: `https://${tailnetName}/` })
    expect(tailscale.served().proxy).toBeString()

    tailscale.behave({ backend: "NeedsLogin" })
    await machine.fased(["gateway", "restart"])
    const again = JSON.parse((await machine.fased(serve)).out)
    expect(again.warning).toContain("sudo tailscale up")
    expect(again.next).toContainEqual(expect.stringContaining("ssh -N -L"))
  }, 60_000)

  test("what is answered later reaches the running service, or waits and says so", async () => {
    await using machine = await startMachine()
    const made = await machine.fased([
      ...line,
      "--install-daemon",
      "--gateway-port",
      `${await freePort()}`,
    ])
    expect(made).toMatchObject({ code: 0, err: expect.not.stringContaining("restart") })
    const moved = await machine.fased([...line, "--gateway-port", "19123"])
    expect(moved.code).toBe(0)
    expect(moved.err).toContain(
      "gateway.port: in force after a restart, which it does now by itself",
    )
    expect(moved.out).toContain("answers")
  }, 60_000)
})

test("without a service manager the config is there all the same, and the way on is said", async () => {
  await using home = freshHome()
  const args = ["onboard", "--non-interactive", "--accept-risk", "--install-daemon"]
  const ran = await home.fased(args, { env: { XDG_RUNTIME_DIR: home.path } })
  expect(ran.code).toBe(1)
  expect(ran.err).toContain("the service was not installed")
  expect(existsSync(home.configFile)).toBe(true)
  expect(ran.out).toContain("fased start")
})
