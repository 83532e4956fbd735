import { afterAll, beforeAll, expect, test } from "bun:test"
import { copyFile, mkdir, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { freePort } from "../support/binary.ts"
import { emptyHome, finish, serveFiles } from "../support/release.ts"
import { noSystemd, startMachine } from "../support/systemd-user.ts"
import { newReleaseKey, signedRelease, under } from "../support/signed-release.ts"
import { compileVersions } from "../support/versions.ts"

const key = newReleaseKey()
let versions: Awaited<ReturnType<typeof compileVersions>>
let release: ReturnType<typeof serveFiles>

beforeAll(async () => {
  const made = [
    { version: "1.0.0" },
    { version: "1.1.0" },
    { version: "1.2.0-beta.1", broken: true as const },
  ]
  versions = await compileVersions(made, key.trusted)
  const folders = { "1.0.0": "1.0.0", "1.1.0": "stable", "1.2.0-beta.1": "beta" } as const
  const files = await Promise.all(
    Object.entries(folders).map(async ([version, folder]) => {
      const channel = folder === "beta" ? "beta" : "stable"
      const about = { version, channel, keys: [key.privateKey] } as const
      return under(folder, await signedRelease(await readFile(versions.path(version)), about))
    }),
  )
  release = serveFiles(new Map(files.flat()))
}, 90_000)
afterAll(async () => {
  await release?.[Symbol.asyncDispose]()
  await versions?.[Symbol.asyncDispose]()
})

/** Version 1.0.0 in a home of its own, told where releases are. */
const installedHome = async () => {
  const place = await emptyHome()
  await mkdir(join(place.home, ".local/bin"), { recursive: true })
  await copyFile(versions.path("1.0.0"), place.fased)
  const env = { ...place.env, FASED_UPDATE_URL: release.url }
  return { ...place, run: (...args: string[]) => finish([place.fased, ...args], env), env }
}

test("the compiled program updates itself, and knows when there is nothing to do", async () => {
  await using place = await installedHome()
  const dry = await place.run("update", "--dry-run")
  expect(dry).toMatchObject({ code: 0, stderr: "" })
  expect(dry.stdout).toContain("1.0.0 → 1.1.0")
  expect((await place.run("--version")).stdout).toBe("fased 1.0.0\n")

  const updated = await place.run("update")
  expect(updated.stdout).toBe(`Updated ${place.fased}: 1.0.0 → 1.1.0\n`)
  expect(updated.code).toBe(0)
  expect((await place.run("--version")).stdout).toBe("fased 1.1.0\n")

  expect(await place.run("update")).toEqual({
    code: 0,
    stdout: "Already current: 1.1.0\n",
    stderr: "",
  })
  const status = JSON.parse((await place.run("update", "status", "--json")).stdout)
  expect(status).toMatchObject({
    version: "1.1.0",
    channel: "stable",
    source: release.url,
    offered: { version: "1.1.0", is: "current" },
    last: { from: "1.0.0", to: "1.1.0", outcome: "done" },
  })

  const back = ["update", "--version", "v1.0.0"]
  expect((await place.run(...back)).stderr).toContain("1.0.0 is older than 1.1.0")
  expect((await place.run(...back, "--allow-downgrade")).code).toBe(2)
  expect((await place.run(...back, "--allow-downgrade", "--yes")).code).toBe(0)
  expect((await place.run("--version")).stdout).toBe("fased 1.0.0\n")
}, 60_000)

/** A gateway of 1.0.0 in a terminal. */
const withGateway = async () => {
  const place = await installedHome()
  const port = await freePort()
  const gateway = Bun.spawn([place.fased, "start"], {
    env: { ...place.env, FASED_GATEWAY_PORT: `${port}` },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  })
  let said = ""
  const reader = gateway.stdout.getReader()
  while (!said.includes("Ctrl-C stops it.")) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`the gateway ended: ${said}`)
    said += Buffer.from(value).toString()
  }
  reader.releaseLock()
  const running = async () =>
    JSON.parse((await place.run("update", "status", "--json")).stdout).gateway
  return {
    ...place,
    gateway,
    running,
    async [Symbol.asyncDispose]() {
      gateway.kill("SIGKILL")
      await gateway.exited
      await place[Symbol.asyncDispose]()
    },
  }
}

test("a gateway in a terminal goes on as the new version, under the same process id", async () => {
  await using place = await withGateway()
  expect(await place.running()).toBe("1.0.0")
  const updated = await place.run("update")
  expect(updated.stdout).toContain("The gateway runs 1.1.0 and answers.")
  expect(updated.code).toBe(0)
  expect(await place.running()).toBe("1.1.0")
  expect(place.gateway.exitCode).toBe(null)
}, 60_000)

test("a gateway that must not be restarted goes on, and the person reads what to do", async () => {
  await using place = await withGateway()
  const updated = await place.run("update", "--no-restart")
  expect(updated.stdout).toContain("The gateway still runs 1.0.0. Restart it:")
  expect((await place.run("health")).stdout).toContain("Gateway: online")
  expect((await place.run("update")).stdout).toContain("The gateway still runs 1.0.0.")
}, 60_000)

test("a version whose gateway never comes up is taken back", async () => {
  await using place = await withGateway()
  const updated = await place.run("update", "--channel", "beta", "--timeout", "3")
  expect(updated.code).toBe(1)
  expect(updated.stderr).toContain("fased 1.2.0-beta.1 was taken back")
  expect(updated.stderr).toContain("start it: fased start")
  expect((await place.run("--version")).stdout).toBe("fased 1.0.0\n")
  const { last } = JSON.parse((await place.run("update", "status", "--json")).stdout)
  expect(last).toMatchObject({
    outcome: "rolled-back",
    to: "1.2.0-beta.1",
    reason: "the gateway did not come back with it in time",
  })
  const status = (await place.run("update", "status", "--channel", "beta")).stdout
  expect(status).toContain("1.2.0-beta.1 (taken back the last time)")
}, 60_000)

test("update.run has the gateway update itself and come back", async () => {
  await using place = await withGateway()
  const called = await place.run("gateway", "call", "update.run")
  expect(called.stdout).toContain("started")
  for (let tries = 0; (await place.run("--version")).stdout !== "fased 1.1.0\n"; tries++) {
    if (tries > 200) throw new Error("the update never came")
    await Bun.sleep(50)
  }
  const settled = async () =>
    JSON.parse((await place.run("update", "status", "--json")).stdout).last?.outcome
  for (let tries = 0; (await settled()) === undefined; tries++) {
    if (tries > 200) throw new Error("the update never ended")
    await Bun.sleep(50)
  }
  expect(await settled()).toBe("done")
  expect(await place.running()).toBe("1.1.0")
  const again = await place.run("gateway", "call", "update.run")
  expect(again.stdout).toContain("current")
}, 60_000)

test.skipIf(noSystemd !== undefined)(
  `a service goes on as the new version, and as the old one when that stays away (${noSystemd ?? "on a real systemd"})`,
  async () => {
    await using machine = await startMachine()
    const program = join(machine.home, ".local/bin/fased")
    await rm(program)
    await copyFile(versions.path("1.0.0"), program)
    const env = { FASED_UPDATE_URL: release.url }
    const status = async () =>
      JSON.parse((await machine.fased(["update", "status", "--json"], env)).out)
    const set = (name: string, value: string) => machine.fased(["config", "set", name, value])
    expect(await set("gateway.mode", "local")).toMatchObject({ code: 0 })
    expect(await machine.fased(["gateway", "install"])).toMatchObject({ code: 0 })
    expect((await status()).gateway).toBe("1.0.0")
    const unit = "ai.fased.gateway.service"
    const pid = await machine.property(unit, "MainPID")

    const updated = await machine.fased(["update"], env)
    expect(updated.out).toContain("The gateway runs 1.1.0 and answers.")
    expect(await status()).toMatchObject({ version: "1.1.0", gateway: "1.1.0" })
    expect(await machine.property(unit, "MainPID")).toBe(pid)
    expect(await machine.property(unit, "ActiveState")).toBe("active")
    const drift = async () =>
      JSON.parse((await machine.fased(["gateway", "status", "--json"])).out).service.drift
    for (let tries = 0; (await drift()).length; tries++) {
      if (tries > 100) throw new Error("the service file stayed the one of before")
      await Bun.sleep(50)
    }

    const broken = await machine.fased(["update", "--channel", "beta", "--timeout", "15"], env)
    expect(broken.code).toBe(1)
    expect(broken.err).toContain("was taken back")
    expect(broken.err).toContain("The gateway runs again.")
    expect(await status()).toMatchObject({ version: "1.1.0", gateway: "1.1.0" })
    expect(await machine.property(unit, "ActiveState")).toBe("active")

    // The same asked of the gateway itself: what takes it back must outlive the service.
    const asked = Date.now()
    await set("update.channel", "beta")
    await set("update.baseUrl", release.url)
    const call = ["gateway", "call", "update.run", "--params", '{"timeoutMs":8000}']
    expect((await machine.fased(call)).out).toContain("started")
    const last = async () => (await status()).last
    for (let tries = 0; !((await last())?.finishedAt > asked); tries++) {
      if (tries > 200) throw new Error("the update never ended")
      await Bun.sleep(200)
    }
    expect(await last()).toMatchObject({ to: "1.2.0-beta.1", outcome: "rolled-back" })
    expect(await status()).toMatchObject({ version: "1.1.0", gateway: "1.1.0" })
  },
  180_000,
)
