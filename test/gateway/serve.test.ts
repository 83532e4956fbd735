import { expect, test } from "bun:test"
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { StatusResult } from "../../src/gateway/methods.ts"
import { keepServed, type ServeSettings } from "../../src/gateway/serve.ts"
import { tailscaleProgram } from "../../src/gateway/tailscale-program.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { fakeTailscale, tailnetName } from "../support/fake-tailscale.ts"
import { startGateway, temporaryHome, type TestGateway } from "../support/gateway.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const target = "http://127.0.0.1:18789"
const url = `https://${tailnetName}/`

const start = async (prepare: (tailscale: ReturnType<typeof fakeTailscale>) => void = () => {}) => {
  const home = await temporaryHome()
  const tailscale = fakeTailscale(home.path)
  prepare(tailscale)
  const settings: ServeSettings = { mode: "serve", resetOnExit: false }
  const clock = turnableClock()
  const run = (to = target) =>
    keepServed({
      settings: () => settings,
      target: to,
      run: tailscaleProgram({ PATH: tailscale.path }),
      state: home.path,
      clock,
      log: silentLog,
      changed: () => {},
    })
  const kept = run()
  await kept.idle()
  return {
    home,
    tailscale,
    settings,
    clock,
    kept,
    run,
    [Symbol.asyncDispose]: home[Symbol.asyncDispose],
  }
}

test("serve claims the name of this machine, once, and says where it leads", async () => {
  await using it = await start()
  expect(it.kept.state()).toEqual({ state: "served", name: tailnetName, url, isPublic: false })
  expect(it.tailscale.served()).toEqual({ proxy: target, isPublic: false })
  await it.kept.look()
  expect(it.tailscale.changes()).toEqual([`serve --bg --yes --https=443 ${target}`])
  expect(statSync(join(it.home.path, "tailscale-serve")).mode & 0o777).toBe(0o600)
})

test("funnel claims it for the internet, and serve takes it back from there", async () => {
  await using it = await start()
  it.settings.mode = "funnel"
  await it.kept.look()
  expect(it.tailscale.served()).toEqual({ proxy: target, isPublic: true })
  it.settings.mode = "serve"
  await it.kept.look()
  expect(it.tailscale.served()).toEqual({ proxy: target, isPublic: false })
})

test("what tailscaled forgot is claimed again", async () => {
  await using it = await start()
  it.tailscale.serve()
  it.clock.turn(30_000)
  await it.kept.idle()
  expect(it.tailscale.served().proxy).toBe(target)
})

test("who keeps taking it away is not fought for ever", async () => {
  await using it = await start()
  for (let round = 0; round < 8; round++) {
    it.tailscale.serve()
    it.clock.turn(30_000)
    await it.kept.idle()
  }
  expect(it.tailscale.changes()).toHaveLength(5)
  expect(JSON.stringify(it.kept.state())).toContain("keeps taking")
  await it.kept.look()
  expect(it.kept.state().state).toBe("served")
})

test("what leads to somebody else is left alone, and said", async () => {
  await using it = await start((tailscale) => tailscale.serve("http://127.0.0.1:3000"))
  expect(it.kept.state()).toMatchObject({
    state: "failed",
    problem: `${url} already leads to http://127.0.0.1:3000, which is not this gateway.`,
  })
  expect(it.tailscale.changes()).toEqual([])
})

test("a run on another port knows what an earlier one claimed", async () => {
  await using it = await start()
  await it.run("http://127.0.0.1:19001").idle()
  expect(it.tailscale.served().proxy).toBe("http://127.0.0.1:19001")
})

test("off gives it back, and only what is ours", async () => {
  await using it = await start()
  it.settings.mode = "off"
  await it.kept.look()
  expect(it.tailscale.served().proxy).toBeUndefined()
  expect(it.kept.state()).toEqual({ state: "off" })
})

test("resetOnExit gives it back when the gateway goes, not when it restarts", async () => {
  await using it = await start()
  await it.kept.close({ leaving: true })
  expect(it.tailscale.served().proxy).toBe(target)
  it.settings.resetOnExit = true
  await it.kept.close({ leaving: false })
  expect(it.tailscale.served().proxy).toBe(target)
  await it.kept.close({ leaving: true })
  expect(it.tailscale.served().proxy).toBeUndefined()
})

test.each([
  ["is not installed", "no tailscale program", (it) => it.uninstall()],
  ["is signed out", "not connected (NeedsLogin)", (it) => it.behave({ backend: "NeedsLogin" })],
  ["says nonsense", "cannot be asked", (it) => it.behave({ garbage: "{{{" })],
  ["refuses", "Serve is not enabled", (it) => it.behave({ refuses: "Serve is not enabled" })],
] satisfies [string, string, (it: ReturnType<typeof fakeTailscale>) => void][])(
  "a tailscale that %s is an answer with a next step",
  async (_, problem, prepare) => {
    await using it = await start(prepare)
    const state = it.kept.state()
    expect(JSON.stringify(state)).toContain(problem)
    expect(state.state === "failed" && state.next).toMatch(/\w/)
  },
)

test("a running gateway follows the setting: served, let in under that name, and given back", async () => {
  await using home = await temporaryHome()
  const tailscale = fakeTailscale(home.path)
  await using gateway = await startGateway({ env: { PATH: tailscale.path } })
  const exposure = async () =>
    ((await gateway.client.request("status", {})) as StatusResult).tailscale
  const proxy = `http://127.0.0.1:${gateway.running.port}`
  const askByName = () =>
    fetch(gateway.running.url, { headers: { host: tailnetName } }).then(({ status }) => status)
  expect(await askByName()).toBe(421)

  await change(gateway, { mode: "serve" })
  await until(async () => (await exposure()).state === "served")
  expect(await exposure()).toMatchObject({ url })
  expect(tailscale.served().proxy).toBe(proxy)
  expect(await askByName()).toBe(200)

  await change(gateway, { mode: "funnel" })
  await until(async () => (await exposure()).state === "failed")
  expect((await exposure()).problem).toContain("needs a password")
  expect(tailscale.served()).toEqual({ proxy: undefined, isPublic: false })
  expect(await askByName()).toBe(421)

  await change(gateway, { mode: "serve", resetOnExit: true })
  await until(async () => (await exposure()).state === "served")
  await gateway.stop()
  expect(tailscale.served().proxy).toBeUndefined()
})

const change = async ({ paths, running }: TestGateway, tailscale: object) => {
  const config = JSON.parse(readFileSync(paths.config, "utf8"))
  const gateway = { ...config.gateway, tailscale }
  writeFileAtomic(paths.config, JSON.stringify({ ...config, gateway }))
  await running.reload()
}

/** What other processes do is seen by looking again. */
const until = async (holds: () => Promise<boolean>) => {
  while (!(await holds())) await Bun.sleep(20)
}
