import { expect, test } from "bun:test"
import type { AccountStatus } from "../../src/channels/accounts.ts"
import { type Configured, createSupervisor } from "../../src/channels/supervise.ts"
import type { Arrival } from "../../src/kernel/network.ts"
import { arrivalOf, partOf, scriptedChannel } from "../support/scripted-channel.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const supervised = (connect?: Parameters<typeof scriptedChannel>[0]) => {
  const { channel, held } = scriptedChannel(connect)
  let accounts: Configured[] = []
  const arrived: [account: string, arrival: Arrival][] = []
  const changes: AccountStatus[] = []
  const clock = turnableClock()
  const supervisor = createSupervisor({
    configured: () => accounts,
    surroundings: async ({ account }) => ({
      account,
      memory: { get: () => undefined, set: async () => undefined },
      menu: async () => [],
      menuChanged: () => () => undefined,
      mount: () => () => undefined,
      renamed: async () => undefined,
      folder: "/nowhere",
      environment: {},
    }),
    async arrived({ account }, arrival) {
      arrived.push([account, arrival])
      return { kind: "taken", runId: "run" }
    },
    connected: () => undefined,
    changed: (status) => changes.push(status),
    clock,
    log: silentLog,
  })
  const account = (name: string, more: Partial<Configured> = {}): Configured => ({
    channel,
    account: name,
    config: { token: `token of ${name}` },
    enabled: true,
    isDefault: name === "a",
    ...more,
  })
  const want = async (...wanted: Configured[]) => {
    accounts = wanted
    supervisor.follow()
    await Bun.sleep(0)
  }
  const states = () => supervisor.list().map(({ account, state }) => `${account} ${state}`)
  return { supervisor, held, account, want, states, arrived, clock, changes }
}

test("every account of the config is connected, and only those that can be", async () => {
  const { account, want, states, supervisor } = supervised()
  await want(
    account("a"),
    account("b", { enabled: false }),
    account("c", { lacks: "It has no token." }),
  )
  expect(states()).toEqual(["a connected", "b disabled", "c unconfigured"])
  expect(supervisor.connection("script")).toHaveProperty("connection")
  expect(supervisor.connection("script", "c")).toMatchObject({ reason: "It has no token." })
  expect(supervisor.connection("script", "d")).toBeUndefined()
  expect(supervisor.settled).toBe(true)
})

test("a change of one account leaves the others connected as they are", async () => {
  const { account, want, states, held } = supervised()
  await want(account("a"), account("b"))
  await want(account("a"), account("b", { config: { token: "another" } }))
  expect(held).toHaveLength(3)
  expect(held.map(({ closed }) => closed)).toEqual([false, true, false])
  expect(states()).toEqual(["a connected", "b connected"])
})

test("the next connection of a name waits until the last one is gone", async () => {
  const closing = Promise.withResolvers<void>()
  const { account, want, held } = supervised((_, attempt) =>
    attempt === 1 ? { close: () => closing.promise } : {},
  )
  await want(account("a"))
  await want(account("a", { config: { token: "another" } }))
  expect(held).toHaveLength(1)
  closing.resolve()
  await Bun.sleep(0)
  expect(held).toHaveLength(2)
})

test("N140: what the config disables neither hears nor says anything from that moment on", async () => {
  const { account, want, held, supervisor, arrived, states } = supervised()
  await want(account("a"), account("b"))
  const live = supervisor.connection("script", "a")
  if (!live || !("connection" in live)) throw new Error("not connected")
  const disabled = want(account("a", { enabled: false }), account("b"))
  const sending = live.connection.send(partOf("hi"), new AbortController().signal)
  await expect(sending).rejects.toMatchObject({ data: { why: "offline" } })
  await expect(held[0]!.context.arrived(arrivalOf("hi"))).rejects.toThrow("takes nothing in")
  await disabled
  expect(arrived).toEqual([])
  expect(states()).toEqual(["a disabled", "b connected"])
  expect(supervisor.connection("script")).toMatchObject({ state: "disabled" })
})

test("an adapter that throws is nothing to the others", async () => {
  const { account, want, states } = supervised(({ context }) => {
    if (context.account === "a") throw new TypeError("undefined is not a function")
    return {}
  })
  await want(account("a"), account("b"))
  expect(states()).toEqual(["a backing-off", "b connected"])
})

test("an account that was stopped by hand stays so until it is started", async () => {
  const { account, want, states, supervisor, held } = supervised()
  await want(account("a"), account("b"))
  expect(await supervisor.stop({ channel: "script", account: "a" })).toEqual(["a"])
  await want(account("a"), account("b"))
  expect(states()).toEqual(["a stopped", "b connected"])
  expect(supervisor.start({ channel: "script", account: "a" })).toEqual(["a"])
  await Bun.sleep(0)
  expect(states()).toEqual(["a connected", "b connected"])
  expect(held).toHaveLength(3)
})

test("what rests says how it is woken", async () => {
  const { account, want, supervisor } = supervised()
  await want(
    account("a"),
    account("b", { enabled: false }),
    account("default", { enabled: false }),
    account("c", { lacks: "It has no token." }),
  )
  await supervisor.stop({ channel: "script", account: "a" })
  expect(supervisor.list().map(({ hint }) => hint)).toEqual([
    "Start it with: fased channels start script --account a",
    "Switch it on with: fased config set channels.script.accounts.b.enabled true",
    "Switch it on with: fased config set channels.script.enabled true",
    "Set it up with: fased channels add script",
  ])
})

test("an account nobody configured is named, with those there are", async () => {
  const { account, want, supervisor } = supervised()
  await want(account("a"), account("b"))
  expect(() => supervisor.start({ channel: "script", account: "z" })).toThrow('no account "z"')
  await expect(supervisor.stop({ channel: "telegraph" })).rejects.toMatchObject({
    hint: "Add one with: fased channels add telegraph",
  })
})

test("all are closed side by side, and one that does not close delays nothing for long", async () => {
  const { account, want, supervisor, held, clock } = supervised(({ context }) =>
    context.account === "a" ? { close: () => new Promise<void>(() => {}) } : {},
  )
  await want(account("a"), account("b"))
  const closed = supervisor.close()
  await Bun.sleep(0)
  expect(held[1]!.closed).toBe(true)
  clock.turn(3_000)
  await closed
  supervisor.follow()
  expect(held).toHaveLength(2)
})
