import { expect, test } from "bun:test"
import type { AccountStatus } from "../../src/channels/accounts.ts"
import { keep } from "../../src/channels/keep.ts"
import {
  type Arrival,
  type Connection,
  connectionOver,
  type Heard,
} from "../../src/kernel/network.ts"
import { arrivalOf, type Held, partOf, scriptedChannel } from "../support/scripted-channel.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const taken: Heard = { kind: "taken", runId: "run" }

const kept = (
  connect?: (held: Held, attempt: number) => Partial<Connection> | Promise<Partial<Connection>>,
  {
    login,
    hand = async () => taken,
  }: { login?: boolean; hand?: (arrival: Arrival) => Promise<Heard> } = {},
) => {
  const clock = turnableClock()
  const { channel, held } = scriptedChannel(connect, { login })
  let seen = Promise.withResolvers<void>()
  const states: AccountStatus[] = []
  const keeper = keep(
    { channel, account: "default", config: { token: "very-secret-token" } },
    {
      surroundings: async () => ({
        account: "default",
        memory: { get: () => undefined, set: async () => undefined },
        menu: async () => [],
        menuChanged: () => () => undefined,
        mount: () => () => undefined,
        renamed: async () => undefined,
        folder: "/nowhere",
        environment: {},
      }),
      hand,
      connected: () => undefined,
      changed(status) {
        states.push(status)
        seen.resolve()
        seen = Promise.withResolvers()
      },
      random: () => 0.5,
      clock,
      log: silentLog,
    },
  )
  const until = async (fits: (status: AccountStatus) => boolean) => {
    while (!fits(keeper.status)) await seen.promise
    return keeper.status
  }
  const become = (state: AccountStatus["state"]) => until((status) => status.state === state)
  return { clock, held, keeper, states, until, become }
}

test("an account that is started connects, and is known by its name on the network", async () => {
  const { keeper, become } = kept()
  keeper.start()
  expect(await become("connected")).toMatchObject({ self: "@script_bot", failures: 0, restarts: 0 })
})

test("a connection that ends is made anew after a pause that grows", async () => {
  const { keeper, held, clock, become } = kept((_, attempt) => {
    if (attempt > 1) throw connectionOver({ why: "gone", text: "The network went away." })
    return {}
  })
  keeper.start()
  await become("connected")
  held[0]!.end(connectionOver({ why: "gone", text: "The network went away." }))
  const first = await become("backing-off")
  expect(first).toMatchObject({ reason: "The network went away.", failures: 1 })
  expect(first.retryAt! - clock.now()).toBe(1000)
  clock.turn(1000)
  await become("connecting")
  const second = await become("backing-off")
  expect(second).toMatchObject({ failures: 2, restarts: 1 })
  expect(second.retryAt! - clock.now()).toBe(2000)
  expect(held[0]!.closed).toBe(true)
})

test("wrong credentials are not tried again", async () => {
  const { keeper, held, clock, become } = kept(() => {
    throw connectionOver({ why: "credentials", text: "401", hint: "Copy the token again." })
  })
  keeper.start()
  expect(await become("wrong-credentials")).toMatchObject({ hint: "Copy the token again." })
  clock.turn(3_600_000)
  await Bun.sleep(0)
  expect(held).toHaveLength(1)
})

test("an account that a person has to link says so", async () => {
  const { keeper, become } = kept(
    () => {
      throw connectionOver({ why: "credentials", text: "Not linked." })
    },
    { login: true },
  )
  keeper.start()
  expect((await become("needs-login")).reason).toBe("Not linked.")
})

test("an account that somebody else uses is left alone for long", async () => {
  const { keeper, clock, become } = kept(() => {
    throw connectionOver({ why: "conflict", text: "Another one polls." })
  })
  keeper.start()
  expect((await become("backing-off")).retryAt! - clock.now()).toBe(60_000)
})

test("an adapter that hangs while it connects is given up, and closed when it comes after all", async () => {
  const late = Promise.withResolvers<Partial<Connection>>()
  const { keeper, held, clock, become } = kept((_, attempt) => (attempt === 1 ? late.promise : {}))
  keeper.start()
  await Bun.sleep(0)
  clock.turn(60_000)
  expect((await become("backing-off")).reason).toContain("no answer within 60 seconds")
  expect(held[0]!.context.signal.aborted).toBe(true)
  late.resolve({})
  await Bun.sleep(0)
  expect(held[0]!.closed).toBe(true)
})

test("an adapter's error never shows the secrets of its settings", async () => {
  const { keeper, become } = kept(() => {
    throw new Error("fetch failed: https://api.example/botvery-secret-token/getMe")
  })
  keeper.start()
  expect((await become("backing-off")).reason).toBe(
    "Script: fetch failed: https://api.example/bot***/getMe",
  )
})

test("a connection without a sign of life is shown as silent, and then made anew", async () => {
  const { keeper, held, clock, become, until } = kept()
  keeper.start()
  await become("connected")
  held[0]!.context.alive()
  clock.turn(120_000)
  expect((await until(({ silent }) => silent === true)).state).toBe("connected")
  held[0]!.context.alive()
  expect(keeper.status.silent).toBeUndefined()
  clock.turn(120_000)
  expect(keeper.status.silent).toBe(true)
  clock.turn(120_000)
  expect((await become("backing-off")).reason).toContain("no sign of life")
})

test("an adapter that shows no signs of life at all is not judged by them", async () => {
  const { keeper, clock, become } = kept()
  keeper.start()
  await become("connected")
  clock.turn(3_600_000)
  await Bun.sleep(0)
  expect(keeper.status).toMatchObject({ state: "connected" })
  expect(keeper.status.silent).toBeUndefined()
})

test("what was up for long begins its pauses afresh", async () => {
  const { keeper, held, clock, become } = kept()
  keeper.start()
  for (const failures of [1, 2]) {
    await become("connected")
    held.at(-1)!.end(connectionOver({ why: "gone", text: "gone" }))
    expect((await become("backing-off")).failures).toBe(failures)
    clock.turn(5000)
  }
  await become("connected")
  clock.turn(60_000)
  held.at(-1)!.end(connectionOver({ why: "gone", text: "gone" }))
  expect((await become("backing-off")).failures).toBe(1)
})

test("an account that is stopped takes nothing in and lets nothing out, at once", async () => {
  const { keeper, held, become } = kept()
  keeper.start()
  await become("connected")
  const live = keeper.live!
  const gone = keeper.stop("disabled")
  expect(keeper.live).toBeUndefined()
  await expect(
    live.connection.send(partOf("hi"), new AbortController().signal),
  ).rejects.toMatchObject({
    data: { why: "offline" },
  })
  await expect(held[0]!.context.arrived(arrivalOf("hi"))).rejects.toMatchObject({
    code: "channels.not-listening",
  })
  await gone
  expect(held[0]!.sent).toEqual([])
  expect(held[0]!.closed).toBe(true)
  expect(keeper.status.state).toBe("disabled")
})

test("an adapter that does not close holds up nobody for long", async () => {
  const { keeper, clock, become } = kept(() => ({ close: () => new Promise<void>(() => {}) }))
  keeper.start()
  await become("connected")
  const gone = keeper.stop("stopped")
  await Bun.sleep(0)
  clock.turn(2_000)
  await gone
})

test("messages of one conversation are handed on in order, those of others beside them", async () => {
  const order: string[] = []
  const first = Promise.withResolvers<Heard>()
  const { keeper, held, become } = kept(undefined, {
    async hand({ conversation, id }) {
      order.push(`${conversation.id} ${id}`)
      return id === "1" ? first.promise : taken
    },
  })
  keeper.start()
  await become("connected")
  const { arrived } = held[0]!.context
  const one = arrived(arrivalOf("a", "ada", "1"))
  const two = arrived(arrivalOf("b", "ada", "2"))
  await arrived(arrivalOf("c", "bob", "3"))
  expect(order).toEqual(["ada 1", "bob 3"])
  expect(keeper.status.waiting).toBe(2)
  first.resolve(taken)
  await Promise.all([one, two])
  expect(order).toEqual(["ada 1", "bob 3", "ada 2"])
  expect(keeper.status.waiting).toBe(0)
})

test("a flood is left with the network: over the bound nothing is acknowledged", async () => {
  const { keeper, held, become } = kept(undefined, { hand: () => new Promise(() => {}) })
  keeper.start()
  await become("connected")
  const { arrived } = held[0]!.context
  for (let count = 0; count < 200; count++) arrived(arrivalOf("x", String(count))).catch(() => {})
  await expect(arrived(arrivalOf("one too many"))).rejects.toMatchObject({
    code: "channels.flooded",
  })
  await keeper.stop("stopped")
})

test("a send that hangs is lost, and one that throws what it should not as well", async () => {
  const { keeper, clock, become } = kept((_, attempt) => ({
    send: () =>
      attempt === 1
        ? new Promise(() => {})
        : Promise.reject(new TypeError("undefined is no object")),
  }))
  keeper.start()
  await become("connected")
  const signal = new AbortController().signal
  const hanging = keeper.live!.connection.send(partOf("hi"), signal)
  clock.turn(60_000)
  await expect(hanging).rejects.toMatchObject({ data: { why: "lost" } })
  await keeper.stop("stopped")
  keeper.start()
  await become("connected")
  await expect(keeper.live!.connection.send(partOf("hi"), signal)).rejects.toMatchObject({
    data: { why: "lost" },
  })
})
