/** The compiled binary as a service of a real `systemd --user`. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { resolvePaths } from "../../src/config/paths.ts"
import { makePlan } from "../../src/service/plan.ts"
import { renderUnit, settingsOf } from "../../src/service/systemd-unit.ts"
import { readHolder } from "../../src/store/lock.ts"
import { freePort, type Machine, noSystemd, startMachine } from "../support/systemd-user.ts"

const unit = "ai.fased.gateway.service"
const why = noSystemd ? ` (skipped: ${noSystemd})` : ""

describe.skipIf(noSystemd !== undefined)(`the gateway as a systemd user service${why}`, () => {
  let machine: Machine
  beforeAll(async () => {
    machine = await startMachine()
  })
  afterAll(() => machine?.[Symbol.asyncDispose]())

  const dropIn = (text: string, name = unit) => {
    mkdirSync(join(machine.units, `${name}.d`), { recursive: true })
    writeFileSync(join(machine.units, `${name}.d`, "mine.conf"), `[Service]\n${text}\n`)
    return machine.sh("systemctl --user daemon-reload")
  }
  const pid = (name = unit) => machine.property(name, "MainPID")
  const edit = (from: RegExp, to: string) => {
    const path = join(machine.units, unit)
    writeFileSync(path, readFileSync(path, "utf8").replace(from, to))
  }
  const audit = () =>
    readFileSync(join(machine.state, "logs", "gateway-restart.log"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { action: string; outcome: string; unit: string })

  test("install sets up, starts, and says how to get in", async () => {
    const { code, out, err } = await machine.fased(["gateway", "install"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toContain("Installed systemd user service ai.fased.gateway.service")
    // Nobody sits there: the token would end up in a log.
    expect(out).toMatch(/Dashboard {3}http:\/\/127\.0\.0\.1:\d+\/$/m)
    expect(out).toContain("For the link that signs you in: fased dashboard --no-open")
    expect(await machine.property(unit, "ActiveState")).toBe("active")
    expect(await machine.property(unit, "UnitFileState")).toBe("enabled")
    expect(audit().at(-1)).toMatchObject({ action: "gateway.install", unit, outcome: "ok" })
  })

  test("gateway status reads as the healthy baseline does", async () => {
    const { code, out } = await machine.fased(["gateway", "status", "--require-rpc"])
    expect(code).toBe(0)
    expect(out).toMatch(
      /^Service: systemd user service ai\.fased\.gateway\.service \(loaded, enabled\)/m,
    )
    expect(out).toMatch(/^Runtime: running \(pid \d+\)$/m)
    expect(out).toMatch(/^RPC probe: ok/m)
    expect(out).not.toContain("Config (service)")
    const { service } = JSON.parse((await machine.fased(["gateway", "status", "--json"])).out)
    expect(service).toMatchObject({ state: "running", enabled: true, author: "fased", drift: [] })
  })

  test("the runbook's name for it works too", async () => {
    expect(await machine.property("fased-gateway.service", "Id")).toBe(unit)
    expect((await machine.fased(["daemon", "status"])).out).toContain("Runtime: running")
  })

  test("no secret is in the unit, and the file for secrets is private", async () => {
    const link = JSON.parse((await machine.fased(["dashboard", "--json"])).out) as { url: string }
    const token = new URL(link.url).hash.replace("#token=", "")
    expect(token).toMatch(/^[0-9a-f]{64}$/)
    expect(readFileSync(join(machine.units, unit), "utf8")).not.toContain(token)
    expect(statSync(join(machine.state, "service.env")).mode & 0o777).toBe(0o600)
    expect((await machine.run(["systemctl", "--user", "show", unit])).out).not.toContain(token)
  })

  test("N241: variables that run other code do not reach it, and systemd's own do not reach it either", async () => {
    await machine.sh(
      "systemctl --user set-environment BUN_OPTIONS='--preload /evil.ts' BUN_BE_BUN=1 LD_PRELOAD=/evil.so",
    )
    expect((await machine.fased(["gateway", "restart"])).code).toBe(0)
    const environment = (await machine.sh(`tr '\\0' '\\n' < /proc/${await pid()}/environ`)).out
    expect(environment).not.toMatch(/^(?:BUN_|LD_|NODE_)/m)
    await machine.sh("systemctl --user unset-environment BUN_OPTIONS BUN_BE_BUN LD_PRELOAD")
  })

  test("installed a second time, it is left as it is", async () => {
    const before = await pid()
    const { code, out } = await machine.fased(["gateway", "install"])
    expect(code).toBe(0)
    expect(out).toContain("Installed already")
    expect(await pid()).toBe(before)
  })

  test("killed, it comes back", async () => {
    await dropIn("RestartSec=50ms")
    const before = await pid()
    await machine.sh(`kill -9 ${before}`)
    await machine.broughtBack(unit, before)
    const { out } = await machine.fased(["gateway", "status"])
    expect(out).toMatch(/^Runtime: running \(pid \d+, brought back once\)$/m)
    expect(out).toMatch(/^RPC probe: ok/m)
  })

  test("a gateway that hangs is killed by the watchdog and comes back", async () => {
    // Long enough for a machine that is busy with other tests, which no hung process is.
    await dropIn("RestartSec=50ms\nWatchdogSec=4s")
    expect((await machine.fased(["gateway", "restart"])).code).toBe(0)
    const before = await pid()
    await machine.sh(`kill -STOP ${before}`)
    await machine.broughtBack(unit, before)
    expect(await machine.property(unit, "Result")).toBe("success")
    expect(await machine.property(unit, "NRestarts")).toBe("1")
    // A gateway that does not hang outlives the limit.
    const well = await pid()
    await machine.sh("sleep 1.5")
    expect(await pid()).toBe(well)
    await dropIn("RestartSec=50ms")
  })

  test("restart does it once, through systemd, and waits until the gateway answers", async () => {
    const before = await pid()
    const { code, out } = await machine.fased(["gateway", "restart"])
    expect(code).toBe(0)
    expect(out).toMatch(/^Restarted ai\.fased\.gateway\.service, answering at http/)
    expect(await pid()).not.toBe(before)
    expect(audit().at(-1)).toMatchObject({ action: "gateway.restart", outcome: "ok" })
  })

  test("a restart in place keeps the process, and systemd waits for it under the watchdog", async () => {
    // Long enough for a machine that is busy with other tests, which no hung process is.
    await dropIn("RestartSec=50ms\nWatchdogSec=4s")
    expect((await machine.fased(["gateway", "restart"])).code).toBe(0)
    const before = await pid()
    const started = () => readHolder(machine.state)?.startedAt
    const first = started()
    const { code } = await machine.fased(["config", "set", "gateway.port", "18801"])
    expect(code).toBe(0)
    for (let tries = 0; tries < 200 && [first, undefined].includes(started()); tries++)
      await Bun.sleep(50)
    await machine.sh("sleep 4.5") // had nobody reported to the watchdog since, it would have bitten
    expect(started()).toBeGreaterThan(first!)
    expect(await pid()).toBe(before)
    expect(await machine.property(unit, "ActiveState")).toBe("active")
    expect(await machine.property(unit, "NRestarts")).toBe("0")
    expect(await machine.property(unit, "StatusText")).toMatch(/^Listening on/)
    await machine.fased(["config", "unset", "gateway.port"])
    await dropIn("RestartSec=50ms")
    await machine.fased(["gateway", "restart"])
  })

  test("it runs under what the machine's unit takes from it as well", async () => {
    const paths = resolvePaths({ HOME: machine.home })
    const { home } = machine
    const plan = makePlan({ paths, home, launcher: "/x", version: "1", user: "ada" })
    // Within a namespace nobody may mount over parts of /proc, nor find /dev/kmsg.
    const taken = settingsOf(renderUnit(plan))
      .filter(({ name }) => /^(?:Protect|PrivateDev|Capab|Ambient)/.test(name))
      .filter(({ name }) => !/^ProtectKernel(?:Logs|Tunables)$/.test(name))
      .map(({ name, value }) => `${name}=${value}`)
    expect(taken.length).toBeGreaterThan(6)
    await dropIn(["RestartSec=50ms", ...taken].join("\n"))
    expect((await machine.fased(["gateway", "restart"])).code).toBe(0)
    expect((await machine.fased(["agent", "--message", "hello"])).out).toContain("language model")
    const status = (await machine.sh(`cat /proc/${await pid()}/status`)).out
    expect(status).toMatch(/^CapBnd:\t0+$/m)
    await dropIn("RestartSec=50ms")
    await machine.fased(["gateway", "restart"])
  })

  test("systemd is told when it is ready, and that it stops", async () => {
    expect(await machine.property(unit, "StatusText")).toMatch(/^Listening on http:\/\/127/)
    expect(await machine.property(unit, "Type")).toBe("notify")
    // A broken config: never ready, so starting it fails instead of seeming well.
    const config = join(machine.state, "fased.json")
    const good = readFileSync(config, "utf8")
    writeFileSync(config, "{ gateway: { port: 'none' } }")
    const { code, err } = await machine.fased(["gateway", "restart"])
    expect(code).toBe(1)
    expect(err).toContain("service manager did not do it")
    expect(err).toContain("fased logs")
    expect(audit().at(-1)).toMatchObject({ action: "gateway.restart", outcome: "failed" })
    const { out } = await machine.fased(["gateway", "status"])
    expect(out).toMatch(/^Runtime: stopped \((?:failed|starting)/m)
    expect(out).toContain("1 problem; see: fased config validate")
    writeFileSync(config, good)
    expect((await machine.fased(["gateway", "start"])).code).toBe(0)
  })

  test("from inside the service, what would end it is refused or left to systemd", async () => {
    const group = await machine.property(unit, "ControlGroup")
    const inside = (words: string) =>
      machine.sh(`sh -c 'echo $$ > /sys/fs/cgroup${group}/cgroup.procs; exec fased ${words}'`)
    const before = await pid()
    for (const words of ["gateway stop --force", "gateway uninstall", "gateway install --force"]) {
      const { code, err } = await inside(words)
      expect({ words, code }).toEqual({ words, code: 1 })
      expect(err).toContain("runs inside the service")
    }
    expect(await pid()).toBe(before)
    await inside("gateway restart")
    await machine.broughtBack(unit, before)
    expect(audit().findLast(({ outcome }) => outcome === "asked")?.action).toBe("gateway.restart")
  })

  test("an edited unit is found by status and doctor, and doctor puts it right and keeps a copy", async () => {
    edit(/^Restart=always/m, "Restart=no")
    expect((await machine.fased(["gateway", "status"])).out).toContain(
      "it does not come back by itself",
    )
    expect((await machine.fased(["doctor"])).out).toContain(
      "has drifted: it does not come back by itself",
    )
    const { out } = await machine.fased(["doctor", "--fix"])
    expect(out).toContain("✓ fixed: Write")
    expect(readFileSync(join(machine.units, unit), "utf8")).toContain("Restart=always")
    expect(readFileSync(join(machine.units, `${unit}.bak`), "utf8")).toContain("Restart=no")
    expect(existsSync(join(machine.units, `${unit}.d`, "mine.conf"))).toBe(true)
  })

  test("a unit somebody made their own is only replaced by force, and kept", async () => {
    edit(/^Restart=always/m, "Restart=no\nNice=5")
    const { out } = await machine.fased(["doctor", "--fix"])
    expect(out).toContain("it has settings of its own (Service.Nice)")
    expect(readFileSync(join(machine.units, unit), "utf8")).toContain("Nice=5")
    expect((await machine.fased(["gateway", "install"])).out).toContain("Installed already")
    expect(readFileSync(join(machine.units, unit), "utf8")).toContain("Nice=5")
    expect((await machine.fased(["gateway", "install", "--force"])).code).toBe(0)
    expect(readFileSync(join(machine.units, unit), "utf8")).not.toContain("Nice=5")
    expect(readFileSync(join(machine.units, `${unit}.bak`), "utf8")).toContain("Nice=5")
    expect((await machine.fased(["gateway", "status"])).out).not.toContain("not what would be")
  })

  test("a second profile is a service of its own beside the first", async () => {
    freePort(join(machine.home, ".fased-work"))
    const other = "ai.fased.work.service"
    const first = await pid()
    expect((await machine.fased(["--profile", "work", "gateway", "install"])).code).toBe(0)
    expect(await machine.property("fased-gateway-work.service", "Id")).toBe(other)
    const { out } = await machine.fased(["--profile", "work", "gateway", "status", "--deep"])
    expect(out).toContain("Service: systemd user service ai.fased.work.service")
    expect(out).toContain(`Another profile's service: ${join(machine.units, unit)}`)
    expect(out).not.toContain("Also starts a gateway")
    expect((await machine.fased(["--profile", "work", "gateway", "uninstall"])).code).toBe(0)
    expect(await pid()).toBe(first)
  })

  test("a shell that stands elsewhere is told that the service has another config", async () => {
    const elsewhere = join(machine.home, "elsewhere")
    const { out } = await machine.fased(["gateway", "status"], { FASED_STATE_DIR: elsewhere })
    expect(out).toContain(`Config (cli): ${elsewhere}/fased.json (not there yet`)
    expect(out).toContain(`Config (service): ${machine.state}/fased.json`)
    expect(out).toContain(
      `FASED_STATE_DIR is ${machine.state} in the service and ${elsewhere} here`,
    )
  })

  test("an older unit of that name is in the way until it is set aside", async () => {
    await machine.fased(["gateway", "uninstall"])
    const older = join(machine.units, "fased-gateway.service")
    writeFileSync(
      older,
      "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=default.target\n",
    )
    const { code, err } = await machine.fased(["gateway", "install"])
    expect(code).toBe(1)
    expect(err).toContain("An older service is in the way")
    expect((await machine.fased(["doctor", "--fix"])).out).toContain("✓ fixed: Stop it and rename")
    expect(existsSync(`${older}.bak`)).toBe(true)
    expect((await machine.fased(["gateway", "install"])).code).toBe(0)
  })

  test("paths with spaces, quotes and percent signs arrive as they are", async () => {
    const state = join(machine.home, `od d"quo'te%h$HOME\\x[1]`)
    freePort(state)
    const env = { FASED_STATE_DIR: state, FASED_PROFILE: "odd" }
    const { code, err } = await machine.fased(["gateway", "install"], env)
    expect({ code, err }).toEqual({ code: 0, err: "" })
    const id = await machine.property("ai.fased.odd.service", "MainPID")
    const { out } = await machine.sh(`tr '\\0' '\\n' < /proc/${id}/environ`)
    expect(out.split("\n")).toContain(`FASED_STATE_DIR=${state}`)
    expect(readdirSync(state)).toContain("gateway.json")
    expect((await machine.fased(["gateway", "status"], env)).out).not.toContain("not what would be")
    expect((await machine.fased(["gateway", "uninstall"], env)).code).toBe(0)
  })

  test("what only this shell knows is kept for the service, or said", async () => {
    freePort(join(machine.home, ".fased-env"))
    const token = "a-token-of-this-shell-0123456789abcdef0123456789"
    const env = { FASED_GATEWAY_TOKEN: token, OPENAI_API_KEY: "sk-canary-of-this-shell" }
    const state = join(machine.home, ".fased-env")
    const profile = (...words: string[]) => machine.fased(["--profile", "env", ...words], env)
    const both = await machine.fased(["--profile", "env", "gateway", "install"], {
      ...env,
      FASED_GATEWAY_PASSWORD: "a-password-of-this-shell-0123456789",
    })
    expect(both.code).toBe(1)
    expect(both.err).toContain("Both a token and a password are set")
    expect(await machine.property("ai.fased.env.service", "LoadState")).toBe("not-found")

    const { code, out, err } = await profile("gateway", "install")
    expect(code).toBe(0)
    expect(err).toContain(`OPENAI_API_KEY is set in this shell only`)
    expect(out + err).not.toContain("sk-canary")
    expect(readFileSync(join(state, "service.env"), "utf8")).toContain(token)
    expect(readFileSync(join(machine.units, "ai.fased.env.service"), "utf8")).not.toContain(token)
    expect((await profile("gateway", "status", "--require-rpc")).code).toBe(0)

    writeFileSync(
      join(state, "fased.json"),
      '{ gateway: { mode: "local", auth: { token: "${MY_TOKEN}" } } }',
    )
    const mine = { MY_TOKEN: token }
    const refused = await machine.fased(["--profile", "env", "gateway", "install", "--force"], mine)
    expect(refused.code).toBe(1)
    expect(refused.err).toContain("uses ${MY_TOKEN}")
    expect(refused.err).toContain(join(state, ".env"))
    const removal = await machine.fased(["uninstall", "--all", "--dry-run"])
    expect(removal).toMatchObject({
      code: 1,
      err: expect.stringContaining("would come up no more"),
    })
    expect((await profile("gateway", "uninstall")).code).toBe(0)
  })

  test("stop needs a person or --force, start brings it back, and both may be said twice", async () => {
    const refused = await machine.fased(["gateway", "stop"])
    expect(refused.code).toBe(1)
    expect(refused.err).toContain("fased gateway stop --force")
    expect(await machine.property(unit, "ActiveState")).toBe("active")
    for (const words of [["stop", "--force"], ["stop", "--force"], ["start"], ["start"]])
      expect((await machine.fased(["gateway", ...words])).code).toBe(0)
    expect(await machine.property(unit, "ActiveState")).toBe("active")
  })

  test("installed but stopped is what status and doctor say, and doctor starts it", async () => {
    await machine.fased(["gateway", "stop", "--force"])
    const { out } = await machine.fased(["gateway", "status"])
    expect(out).toMatch(/^Runtime: stopped \(last exit status 0\)$/m)
    expect(out).toMatch(/Next\n +\S*fased gateway start +start it/)
    expect((await machine.fased(["doctor"])).out).toContain("is installed but stopped")
    expect((await machine.fased(["doctor", "--fix"])).out).toContain(`✓ fixed: Start ${unit}.`)
    expect(await machine.property(unit, "ActiveState")).toBe("active")
  })

  test("uninstall removes the service and nothing else", async () => {
    const { code, out } = await machine.fased(["gateway", "uninstall"])
    expect(code).toBe(0)
    expect(out).toContain(`Everything else stays in ${machine.state}`)
    expect(existsSync(join(machine.units, unit))).toBe(false)
    expect(existsSync(join(machine.units, "fased-gateway.service"))).toBe(false)
    expect(await machine.property(unit, "LoadState")).toBe("not-found")
    for (const kept of ["fased.json", "fased.db", "workspace", "logs"])
      expect(readdirSync(machine.state)).toContain(kept)
    const again = await machine.fased(["gateway", "uninstall"])
    expect(again).toMatchObject({
      code: 0,
      out: "No service is installed, so there is none to remove.\n",
    })
    expect((await machine.fased(["gateway", "stop"])).code).toBe(0)
    expect((await machine.fased(["gateway", "start"])).code).toBe(1)
  })
})
