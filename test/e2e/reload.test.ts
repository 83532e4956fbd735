/** The config of a running binary changes: what counts at once, and restarts in place. */
import type { StatusResult } from "../../src/gateway/methods.ts"
import { expect, test } from "bun:test"
import { mkdirSync, renameSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { connect, type Client } from "../../src/client/connect.ts"
import { answeredBy, freePort, freshHome, type Home, testToken } from "../support/binary.ts"
import { listen } from "../support/chat.ts"
import { fakeModel } from "../support/fake-model.ts"

const config = (gateway: object, more: object = {}) =>
  JSON.stringify({
    agents: { defaults: { skipBootstrap: true } },
    ...more,
    gateway: { mode: "local", auth: { mode: "token", token: testToken }, ...gateway },
  })

const running = async (
  home: Home,
  text = config({}),
  options: { env?: Record<string, string>; cwd?: string } = {},
) => {
  home.configure(text)
  const port = await freePort()
  const gateway = await home.start({ port, ...options })
  const open = () =>
    connect({
      url: `ws://127.0.0.1:${port}/`,
      token: testToken,
      clientId: "test",
      mode: "test",
      version: "0.0.0-test",
    })
  return { ...gateway, open }
}

const changed = (client: Client) =>
  new Promise<{ applied: string[]; waits: string[]; valid: boolean }>((resolve) =>
    client.on("config.changed", (payload) => resolve(payload as never)),
  )
const status = async (client: Client) => (await client.request("status")) as StatusResult
const gone = (client: Client) =>
  new Promise<void>((resolve) => client.on("shutdown", () => resolve()))

/** Opens as soon as somebody answers there. */
const again = async (open: () => Promise<Client>) => {
  for (const begun = performance.now(); ;)
    try {
      return await open()
    } catch (error) {
      if (performance.now() - begun > 10_000) throw error
      await new Promise(setImmediate)
    }
}

test("a change at once, by an editor that renames and by a mounted config map", async () => {
  await using home = freshHome()
  const mount = join(home.path, "mount")
  const version = (name: string, text: string) => {
    mkdirSync(join(mount, name), { recursive: true })
    writeFileSync(join(mount, name, "fased.json"), text, { mode: 0o600 })
  }
  const swap = (name: string) => {
    symlinkSync(name, join(mount, "..new"))
    renameSync(join(mount, "..new"), join(mount, "..data"))
  }
  version("..1", config({ reload: { debounceMs: 10 } }))
  swap("..1")
  const path = join(mount, "fased.json")
  symlinkSync("..data/fased.json", path)
  const { open } = await running(home, config({}), { env: { FASED_CONFIG_PATH: path } })
  await using client = await open()
  for (const [name, level] of [
    ["..2", "debug"],
    ["..3", "warn"],
  ] as const) {
    const told = changed(client)
    version(name, config({ reload: { debounceMs: 10 } }, { logging: { level } }))
    swap(name)
    expect((await told).applied).toEqual(["logging.level"])
  }
  const told = changed(client)
  writeFileSync(`${path}.edited`, config({}, { logging: { level: "error" } }), { mode: 0o600 })
  renameSync(`${path}.edited`, path)
  expect((await told).applied).toContain("logging.level")
})

test("SIGHUP makes it look, where it does not watch", async () => {
  await using home = freshHome()
  const gateway = await running(home, config({ reload: { mode: "off" } }))
  await using client = await gateway.open()
  home.configure(config({ reload: { mode: "off" } }, { logging: { level: "debug" } }))
  const told = changed(client)
  process.kill(gateway.pid, "SIGHUP")
  expect((await told).applied).toEqual(["logging.level"])
  expect(await gateway.end()).toBe(0)
})

test("SIGHUP makes it fetch its secrets, for who has no other way in", async () => {
  await using home = freshHome()
  const keep = (token: string) => {
    mkdirSync(home.state, { recursive: true, mode: 0o700 })
    writeFileSync(join(home.state, "secrets.json"), JSON.stringify({ token }), { mode: 0o600 })
  }
  keep("a-first-token-0123456789")
  const token = { source: "file", id: "/token" }
  home.configure(config({ auth: { mode: "token", token } }))
  const gateway = await home.start()
  keep(testToken)
  process.kill(gateway.pid, "SIGHUP")
  const client = {
    token: testToken,
    clientId: "test",
    mode: "test",
    version: "0.0.0-test",
  } as const
  await using back = await again(() => connect({ url: gateway.wsUrl, ...client }))
  expect((await status(back)).pid).toBe(gateway.pid)
})

test("what needs a restart restarts in place: the same process, which hears as it did", async () => {
  await using home = freshHome()
  const gateway = await running(home)
  const client = await gateway.open()
  const { pid } = await status(client)
  expect(pid).toBe(gateway.pid)
  const shutDown = gone(client)
  home.configure(config({ reload: { mode: "restart", debounceMs: 10 } }))
  await shutDown
  await client.close()
  await using back = await again(gateway.open)
  const reason = expect.stringContaining("gateway.reload")
  expect(await status(back)).toMatchObject({ pid, restart: { reason } })

  const told = changed(back)
  home.configure(config({ reload: { mode: "off" } }))
  process.kill(gateway.pid, "SIGHUP")
  expect((await told).applied).toContain("gateway.reload.mode")
  expect(await gateway.end()).toBe(0)
})

test("it comes back from a restart though the folder it was started in is gone", async () => {
  await using home = freshHome()
  const cwd = join(home.path, "not-for-long")
  mkdirSync(cwd)
  const gateway = await running(home, config({}), { cwd })
  const client = await gateway.open()
  rmdirSync(cwd)
  const shutDown = gone(client)
  home.configure(config({ reload: { mode: "restart", debounceMs: 10 } }))
  await shutDown
  await client.close()
  await using back = await again(gateway.open)
  expect((await status(back)).pid).toBe(gateway.pid)
})

test("config.apply lets the turn under way finish, restarts, and wakes the session that asked", async () => {
  await using model = fakeModel({ turns: [{ text: "one two", holdAfter: 1 }, "All is well."] })
  await using home = freshHome()
  const more = answeredBy(model)
  const gateway = await running(home, config({}, more))
  const client = await gateway.open()
  const chat = listen(client)
  const { runId } = await chat.send("Take your time.")
  await model.called()
  const { hash } = (await client.request("config.get")) as { hash: string }
  const shutDown = gone(client)
  await client.request("config.apply", {
    raw: config({}, { ...more, logging: { level: "debug" } }),
    baseHash: hash,
    sessionKey: "main",
    note: "Say how it went.",
    restartDelayMs: 0,
  })
  await shutDown
  model.release()
  expect((await chat.ended(runId)).state).toBe("final")
  await client.close()
  const call = await model.called(2)
  expect(JSON.stringify(call.body)).toContain("Say how it went.")
  await using back = await again(gateway.open)
  const { pid } = gateway
  expect(await status(back)).toMatchObject({ pid, restart: { reason: "config.apply" } })
})

test("who stops it while it restarts stops it for good", async () => {
  await using model = fakeModel({ turns: [{ text: "one two", holdAfter: 1 }] })
  await using home = freshHome()
  const more = answeredBy(model)
  const gateway = await running(home, config({}, more))
  await using client = await gateway.open()
  await listen(client).send("Take your time.")
  await model.called()
  const shutDown = gone(client)
  home.configure(config({ reload: { mode: "restart", debounceMs: 10 } }, more))
  await shutDown
  const ended = gateway.end()
  model.release()
  expect(await ended).toBe(0)
  expect(gateway.err() + gateway.out()).not.toContain("back after a restart")
})
