import { expect, test } from "bun:test"
import { existsSync, readFileSync, statSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { createServiceManager } from "../../src/service/create.ts"
import { startersOf } from "../../src/service/others.ts"
import { serviceHost } from "../support/service-host.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const unit = "ai.fased.gateway.service"

test("installing writes the unit, has it read, enables it and starts it", async () => {
  using machine = serviceHost()
  const { outcome, installation } = await machine.service().install("user")
  expect(outcome).toBe("installed")
  expect(installation.manager.path).toBe(join(machine.host.folders.userUnits, unit))
  expect(machine.orders()).toEqual([
    "systemctl --user daemon-reload",
    `systemctl --user enable ${installation.manager.path}`,
    `systemctl --user restart ${unit}`,
  ])
  expect(statSync(join(machine.paths.state, "service.env")).mode & 0o777).toBe(0o600)
})

test("a node's service stands beside the gateway's, and neither knows of the other", async () => {
  using machine = serviceHost()
  await machine.service().install("user", { variables: { OPENAI_API_KEY: "k" } })
  const node = machine.service({}, "node")
  const { installation } = await node.install("user")
  expect(installation.manager.name).toBe("ai.fased.node.default.service")
  expect(installation.facts.command).toEqual([machine.host.binary!, "node", "run"])
  expect(installation.text).toContain("Description=Fased Node (v1.2.3)")
  expect(installation.text).toContain(join(machine.paths.state, "node-service.env"))
  expect(readFileSync(join(machine.paths.state, "service.env"), "utf8")).toContain("OPENAI_API_KEY")
  expect(node.drift(installation)).toEqual([])
  expect(machine.service().others()).toEqual([])
  await node.uninstall()
  expect(machine.service().installed()).toHaveLength(1)
})

test("installed twice nothing is written or asked, and force writes it anew", async () => {
  using machine = serviceHost()
  await machine.service().install("user")
  machine.asked.length = 0
  expect((await machine.service().install("user")).outcome).toBe("unchanged")
  expect(machine.asked).toEqual([])
  const { outcome, backup } = await machine.service().install("user", { force: true })
  expect({ outcome, backup }).toEqual({ outcome: "replaced", backup: undefined })
})

test("there is never a second service, whoever's is there first", async () => {
  using machine = serviceHost()
  const service = machine.service()
  await service.install("user")
  expect(service.install("system", { force: true })).rejects.toThrow("is a user service already")
  await service.uninstall()
  await service.install("system", { user: { name: "ada", home: machine.home } })
  expect(service.install("user", { force: true })).rejects.toThrow("is a system service already")
})

test("a file somebody else wrote is kept when force replaces it", async () => {
  using machine = serviceHost()
  const path = machine.write(
    join(machine.host.folders.userUnits, unit),
    "[Service]\nExecStart=/x\n",
  )
  expect((await machine.service().install("user")).outcome).toBe("unchanged")
  expect(readFileSync(path, "utf8")).toContain("ExecStart=/x")
  const { backup } = await machine.service().install("user", { force: true })
  expect(backup).toBe(`${path}.bak`)
  expect(readFileSync(`${path}.bak`, "utf8")).toContain("ExecStart=/x")
})

test("rewriting keeps the program, the port and the user that were chosen, and starts nothing", async () => {
  using machine = serviceHost()
  await machine
    .service()
    .install("system", { port: 19_000, user: { name: "ada", home: machine.home } })
  machine.asked.length = 0
  const newer = machine.service({ version: "2.0.0" })
  expect(newer.drift(newer.installed()[0]!).map(({ item }) => item)).toEqual(["version"])
  await newer.rewrite()
  expect(newer.drift(newer.installed()[0]!)).toEqual([])
  expect(newer.installed()[0]!.facts).toMatchObject({
    user: "ada",
    command: [machine.host.binary, "gateway", "run", "--port", "19000"],
  })
  expect(machine.orders()).toEqual(["systemctl daemon-reload"])
})

test("a restart brings along the file that an older version wrote, and no other change", async () => {
  using machine = serviceHost()
  await machine.service().install("user")
  const newer = machine.service({ version: "2.0.0" })
  await newer.restart()
  expect(newer.installed()[0]!.facts.environment.FASED_SERVICE_VERSION).toBe("2.0.0")
  machine.asked.length = 0
  await newer.restart()
  expect(machine.orders()).toEqual([`systemctl --user restart ${unit}`])
})

test("a service of that name for another state folder is nobody's to rewrite by the way", async () => {
  using machine = serviceHost()
  await machine.service().install("user")
  using other = serviceHost()
  const elsewhere = createServiceManager({
    paths: other.paths,
    env: {},
    clock: turnableClock(),
    host: machine.host,
  })
  expect(elsewhere.installed()[0]!.custom).toBe(
    `it is for another state folder (${machine.paths.state})`,
  )
  expect(elsewhere.rewrite()).rejects.toThrow("was left as it is")
})

test("stopping and removing what is not there is no error; starting it is", async () => {
  using machine = serviceHost()
  const service = machine.service()
  expect(await service.stop()).toBe("absent")
  expect(await service.uninstall()).toBeNull()
  expect(service.start()).rejects.toThrow("There is no service ai.fased.gateway.")
  expect(service.restart()).rejects.toMatchObject({
    hint: expect.stringContaining("gateway install"),
  })
  expect(machine.asked).toEqual([])
})

test("from inside the service only a restart goes through, and does not wait", async () => {
  using machine = serviceHost()
  const service = machine.service()
  await service.install("user")
  machine.enter(unit)
  machine.asked.length = 0
  for (const work of [
    service.stop,
    service.uninstall,
    () => service.install("user", { force: true }),
  ])
    expect(work()).rejects.toThrow("runs inside the service")
  expect(machine.asked).toEqual([])
  await service.restart()
  expect(machine.orders()).toEqual([`systemctl --user restart --no-block ${unit}`])
})

test("another profile's service is not this one's inside", async () => {
  using machine = serviceHost()
  machine.enter("ai.fased.work.service")
  expect(machine.service().isInside()).toBe(false)
  machine.enter("xai.fased.gateway.service")
  expect(machine.service().isInside()).toBe(false)
})

test("every action leaves one line, also one that failed", async () => {
  let fails = false
  using machine = serviceHost({
    answer: (line) =>
      fails && line.includes("restart") ? { code: 1, err: "Job failed." } : undefined,
  })
  const service = machine.service()
  await service.install("user")
  fails = true
  expect(await service.restart().catch((error) => String(error))).toContain("Job failed.")
  await service.stop()
  const lines = readFileSync(join(machine.paths.logs, "gateway-restart.log"), "utf8")
    .trim()
    .split("\n")
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { action: "gateway.install", outcome: "ok", unit },
    {
      action: "gateway.restart",
      outcome: "failed",
      reason: expect.stringContaining("Job failed."),
    },
    { action: "gateway.stop", outcome: "ok" },
  ])
})

test.each([
  [false, "System has not been booted with systemd as init system", "fased gateway run"],
  [false, "Failed to connect to bus: No medium found", "fased gateway run"],
  [true, "Failed to connect to bus: No medium found", "sudo loginctl enable-linger ada"],
])(
  "booted by systemd: %j, and it says %j: nothing is written and the way out is named",
  async (booted, err, next) => {
    using machine = serviceHost({ booted, answer: () => ({ code: 1, err }) })
    const { hint } = await machine
      .service()
      .install("user")
      .catch((error) => error)
    expect(hint).toContain(next)
    expect(existsSync(join(machine.host.folders.userUnits, unit))).toBe(false)
  },
)

test("what belongs to root is said to, with what root types", async () => {
  using machine = serviceHost({
    answer: (line) => (line.includes(" stop ") ? { code: 1, err: "Access denied" } : undefined),
  })
  const service = machine.service()
  await service.install("system", { user: { name: "ada", home: machine.home } })
  expect(service.stop()).rejects.toMatchObject({ hint: `Run: sudo systemctl stop ${unit}` })
})

test("N193: a machine without the program says so, whatever lies in PATH", async () => {
  using machine = serviceHost({ answer: () => null })
  expect(machine.service().install("user")).rejects.toThrow("This machine has no systemctl")
})

test("a profile named like the default service can have none", async () => {
  using machine = serviceHost({ profile: "gateway" })
  const service = machine.service()
  expect(service.installed()).toEqual([])
  expect(service.install("user")).rejects.toThrow('The profile "gateway" cannot have a service')
})

test.each([
  [{ code: 0, out: "Linger=yes" }, true],
  [{ code: 0, out: "Linger=no" }, false],
  [{ code: 1, err: "User ID 1000 is not logged in or lingering" }, false],
  [{ code: 1, err: "Failed to connect to bus" }, undefined],
  [null, undefined],
])("loginctl saying %j means lingering is %j", async (said, lingers) => {
  using machine = serviceHost({
    answer: (line) => (line.startsWith("loginctl") ? said : undefined),
  })
  const service = machine.service()
  await service.install("user")
  expect(await service.lingers()).toBe(lingers)
})

test("where only root may keep a service after logout, the exact command is told", async () => {
  using machine = serviceHost({ answer: () => ({ code: 1, err: "Access denied" }) })
  expect(machine.service().keepLingering()).rejects.toMatchObject({
    hint: "Run: sudo loginctl enable-linger ada",
  })
})

test("launchd loads, restarts in one step and lets go", async () => {
  let loaded = false
  using machine = serviceHost({
    platform: "darwin",
    answer(line) {
      if (line.includes("bootstrap")) loaded = true
      if (line.includes("bootout")) loaded = false
      return line.includes("print gui/1000/") && !loaded ? { code: 113 } : undefined
    },
  })
  const service = machine.service()
  const path = join(machine.host.folders.agents, "ai.fased.gateway.plist")
  await service.install("user")
  await service.restart()
  await service.install("user", { force: true })
  await service.uninstall()
  expect(machine.orders()).toEqual([
    "launchctl enable gui/1000/ai.fased.gateway",
    `launchctl bootstrap gui/1000 ${path}`,
    "launchctl kickstart -k gui/1000/ai.fased.gateway",
    "launchctl bootout gui/1000/ai.fased.gateway",
    "launchctl enable gui/1000/ai.fased.gateway",
    `launchctl bootstrap gui/1000 ${path}`,
    "launchctl bootout gui/1000/ai.fased.gateway",
  ])
  expect(existsSync(path)).toBe(false)
  expect(service.install("system")).rejects.toThrow("fased makes no system service on this system")
})

test("a look over the whole machine tells other profiles from what does not belong", async () => {
  using machine = serviceHost()
  const { userUnits, systemUnits } = machine.host.folders
  const service = machine.service()
  await service.install("user")
  machine.write(join(userUnits, "ai.fased.work.service"), "")
  machine.write(join(userUnits, "fased-gateway-old.service"), "")
  machine.write(join(systemUnits, "openclaw-gateway.service"), "")
  machine.write(join(userUnits, "nginx.service"), "")
  const found = service.others().filter(({ path }) => path.startsWith(machine.home))
  expect(found).toEqual([
    { path: join(userUnits, "ai.fased.work.service"), kind: "profile" },
    { path: join(userUnits, "fased-gateway-old.service"), kind: "older" },
    { path: join(systemUnits, "openclaw-gateway.service"), kind: "relative" },
  ])
})

test("a gateway that an update made newer brings its service file along, and touches no other", async () => {
  using machine = serviceHost()
  const { installation } = await machine.service().install("user")
  const { path } = installation.manager
  const newer = machine.service({ version: "1.3.0" })
  machine.asked.length = 0
  await newer.keepCurrent()
  expect(readFileSync(path, "utf8")).toContain("Fased Gateway (v1.3.0)")
  expect(machine.orders()).toEqual(["systemctl --user daemon-reload"])
  expect(newer.drift(newer.installed()[0]!)).toEqual([])

  machine.asked.length = 0
  await newer.keepCurrent()
  expect(machine.asked).toEqual([])

  const changed = readFileSync(path, "utf8").replace("RestartSec=5", "RestartSec=50")
  machine.write(path, changed)
  await machine.service({ version: "1.4.0" }).keepCurrent()
  expect(readFileSync(path, "utf8")).toBe(changed)
})

test("the other profiles that start a program are known, and those that start another are not", () => {
  using machine = serviceHost()
  const { userUnits } = machine.host.folders
  const unitOf = (name: string, program: string) =>
    machine.write(join(userUnits, name), `[Service]\nExecStart=${program} gateway run\n`)
  const work = unitOf("ai.fased.work.service", machine.host.binary!)
  const link = join(machine.home, "fased")
  symlinkSync(machine.host.binary!, link)
  const linked = unitOf("ai.fased.linked.service", link)
  unitOf("ai.fased.other.service", "/opt/fased/fased")
  unitOf("openclaw-gateway.service", machine.host.binary!)
  const others = [...machine.service().others(), { path: "/nowhere", kind: "profile" } as const]
  expect(startersOf(machine.host.binary!, others).sort()).toEqual([linked, work])
})
