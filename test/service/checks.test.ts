import { expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as checks from "../../src/service/checks.ts"
import { type HostOptions, serviceHost } from "../support/service-host.ts"

const installed = async (options: HostOptions = {}) => {
  const machine = serviceHost(options)
  const service = machine.service()
  await service.install("user")
  const [{ manager }] = service.installed() as [ReturnType<typeof service.installed>[0]]
  const edit = (from: string | RegExp, to: string) =>
    writeFileSync(manager.path, readFileSync(manager.path, "utf8").replace(from, to))
  return { machine, service, path: manager.path, edit, paths: machine.paths }
}

const show = (properties: string) => (line: string) =>
  line.includes(" show ") ? { out: properties } : undefined
const well = "LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7"

test("with no service installed no check has anything to say, and nothing is asked", async () => {
  using machine = serviceHost()
  const needs = { service: machine.service(), paths: machine.paths }
  for (const one of Object.values(checks)) expect(await one.detect(needs)).toBeNull()
  expect(machine.asked).toEqual([])
})

test("a service that runs as fased installs it is well", async () => {
  const { machine, service, paths } = await installed({ answer: show(well) })
  using _ = machine
  for (const one of [checks.single, checks.running, checks.drifted, checks.custom, checks.current])
    expect(await one.detect({ service, paths })).toBeNull()
})

test("a service that failed is told with how it ended, and is started", async () => {
  const failed =
    "LoadState=loaded\nActiveState=failed\nMainPID=0\nExecMainCode=1\nExecMainStatus=1\nResult=exit-code"
  const words = [
    "ai.fased.gateway.service: Scheduled restart job, restart counter is at 3.",
    "Starting Fased Gateway...",
    "error: The config file /x is not valid:",
    "  - gateway.port: must be a whole number",
    "ai.fased.gateway.service: Main process exited, code=exited, status=1/FAILURE",
  ]
  const { machine, service, paths } = await installed({
    answer: (line) =>
      line.startsWith("journalctl") ? { out: words.join("\n") } : show(failed)(line),
  })
  using _ = machine
  const found = (await checks.running.detect({ service, paths }))!
  expect(checks.running.explain(found)).toBe(
    "The service ai.fased.gateway.service is installed but failed: last exit status 1\n" +
      "error: The config file /x is not valid:\n  - gateway.port: must be a whole number",
  )
  machine.asked.length = 0
  await checks.running.fix!.apply(found, { service, paths })
  expect(machine.orders()).toEqual(["systemctl --user start ai.fased.gateway.service"])
})

test("drift is written right; a second look finds nothing", async () => {
  const { machine, service, path, edit } = await installed()
  using _ = machine
  edit("Restart=always", "Restart=on-failure")
  edit(/^After=.*$/m, "")
  const found = (await checks.drifted.detect({ service }))!
  expect(found.items).toEqual([
    "it does not wait for the network",
    "it does not come back by itself",
  ])
  await checks.drifted.fix!.apply(found, { service })
  expect(await checks.drifted.detect({ service })).toBeNull()
  expect(readFileSync(`${path}.bak`, "utf8")).toContain("Restart=on-failure")
})

test("a unit somebody made their own is reported and never written", async () => {
  const { machine, service, edit } = await installed()
  using _ = machine
  edit("Restart=always", "Restart=no\nNice=5")
  expect(await checks.drifted.detect({ service })).toBeNull()
  const found = (await checks.custom.detect({ service }))!
  expect(checks.custom.explain(found)).toContain("it has settings of its own (Service.Nice)")
  expect(service.rewrite()).rejects.toThrow("was left as it is")
})

test("a user's service beside the machine's is found", async () => {
  const { machine, service } = await installed()
  using _ = machine
  machine.write(join(machine.host.folders.systemUnits, "ai.fased.gateway.service"), "[Service]\n")
  const found = checks.single.detect({ service }) as { paths: string[] }
  expect(found.paths).toHaveLength(2)
})

test("a unit of another version is only a hint, and is brought up to date", async () => {
  const { machine } = await installed()
  using _ = machine
  const service = machine.service({ version: "2.0.0" })
  expect(await checks.drifted.detect({ service })).toBeNull()
  const found = (await checks.current.detect({ service }))!
  expect(checks.current.explain(found)).toContain("fased 1.2.3 wrote it")
  await checks.current.fix!.apply(found, { service })
  expect(await checks.current.detect({ service })).toBeNull()
})

test("a service that ends with the login is told with the command that keeps it", async () => {
  const { machine, service } = await installed({
    answer: (line) => (line.startsWith("loginctl show-user") ? { out: "Linger=no" } : undefined),
  })
  using _ = machine
  const found = (await checks.outlivesLogin.detect({ service }))!
  expect(checks.outlivesLogin.next!(found)).toBe("Run: sudo loginctl enable-linger ada")
  await checks.outlivesLogin.fix!.apply(found, { service })
  expect(machine.asked.at(-1)).toBe("loginctl --no-ask-password enable-linger ada")
})

test("an older unit is stopped and set aside; our own alias is not taken for one", async () => {
  using machine = serviceHost()
  const path = join(machine.host.folders.userUnits, "fased-gateway.service")
  machine.write(path, "[Service]\n")
  const service = machine.service()
  expect(service.install("user")).rejects.toThrow("An older service is in the way")
  const found = checks.older.detect({ service }) as ReturnType<typeof service.older> & { found: [] }
  await checks.older.fix!.apply(found, { service })
  expect(machine.orders()[0]).toBe("systemctl --user disable --now fased-gateway.service")
  expect(existsSync(`${path}.bak`)).toBe(true)
  expect(checks.older.detect({ service })).toBeNull()
})

test("a secret that launchd gives every program is named with the command that ends it", async () => {
  using machine = serviceHost({
    platform: "darwin",
    answer: (line) => (line.endsWith("getenv FASED_GATEWAY_TOKEN") ? { out: "s3cret" } : undefined),
  })
  const found = (await checks.launchdSecret.detect({ service: machine.service() }))!
  expect(found).toEqual({ names: ["FASED_GATEWAY_TOKEN"] })
  expect(checks.launchdSecret.next!(found)).toContain("launchctl unsetenv FASED_GATEWAY_TOKEN")
})
