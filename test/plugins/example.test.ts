import { expect, test } from "bun:test"
import { join } from "node:path"
import { systemClock } from "../../src/kernel/clock.ts"
import type { ConnectContext } from "../../src/kernel/connect-context.ts"
import type { Arrival } from "../../src/kernel/network.ts"
import { temporaryHome } from "../support/gateway.ts"
import { channelIn } from "../support/plugin-channel.ts"
import { relayServer } from "../support/relay-server.ts"
import { partOf } from "../support/scripted-channel.ts"
import { silentLog } from "../support/silent-log.ts"

const folder = join(import.meta.dir, "../../src/plugins/example")

const example = await channelIn(folder)

const contextIn = (home: string, more: Partial<ConnectContext> = {}) => {
  const abort = new AbortController()
  const context: ConnectContext = {
    account: "default",
    folder: join(home, "account"),
    environment: {},
    arrived: async () => ({ kind: "taken", runId: "run" }),
    alive: () => undefined,
    memory: { get: () => undefined, set: async () => undefined },
    menu: async () => [],
    menuChanged: () => () => undefined,
    mount: () => () => undefined,
    renamed: async () => undefined,
    clock: systemClock,
    log: silentLog,
    signal: abort.signal,
    ...more,
  }
  return { context, abort }
}

test("the plugin of the docs hears and says over a process of its own", async () => {
  await using relay = relayServer()
  await using home = await temporaryHome()
  const first = Promise.withResolvers<Arrival>()
  const { context, abort } = contextIn(home.path, {
    async arrived(arrival) {
      first.resolve(arrival)
      return { kind: "taken", runId: "run" }
    },
  })
  const connection = await (
    await channelIn(folder)
  ).connect({ url: relay.url, token: relay.token }, context)
  connection.over.catch(() => undefined)
  expect(connection.self).toEqual({ ids: ["bot"] })
  relay.say("ada", "hello")
  expect(await first.promise).toMatchObject({
    conversation: { id: "ada", kind: "direct" },
    sender: { ids: ["ada"] },
    deed: { kind: "message", text: "hello" },
  })
  const sent = await connection.send(partOf("hi there"), abort.signal)
  expect(sent.id).toBe("1")
  expect(relay.posted).toEqual([{ room: "ada", text: "hi there", nonce: "n1" }])
  await connection.close()
})

test("a message that was not taken is asked for again by the next process", async () => {
  await using relay = relayServer()
  await using home = await temporaryHome()
  relay.say("ada", "hello")
  const refused = Promise.withResolvers<void>()
  const one = contextIn(home.path, {
    async arrived() {
      refused.resolve()
      throw new Error("the disk is full")
    },
  })
  const first = await (
    await channelIn(folder)
  ).connect({ url: relay.url, token: relay.token }, one.context)
  await refused.promise
  await expect(first.over).rejects.toMatchObject({ data: { why: "gone" } })
  await first.close()
  const again = Promise.withResolvers<Arrival>()
  const two = contextIn(home.path, {
    async arrived(arrival) {
      again.resolve(arrival)
      return { kind: "taken", runId: "run" }
    },
  })
  const second = await (
    await channelIn(folder)
  ).connect({ url: relay.url, token: relay.token }, two.context)
  second.over.catch(() => undefined)
  expect((await again.promise).deed).toMatchObject({ text: "hello" })
  await second.close()
})

test("wrong credentials come through as such, with what to do", async () => {
  await using relay = relayServer()
  await using home = await temporaryHome()
  const { context } = contextIn(home.path)
  await expect(example.connect({ url: relay.url, token: "wrong" }, context)).rejects.toMatchObject({
    data: { why: "credentials", hint: "Ask whoever runs it for another one." },
  })
})

test("what it knows of its network without asking comes from its manifest", () => {
  const { target, normalize, limits, can } = example
  expect(target("room:garden")).toEqual({ id: "garden", kind: "group" })
  expect(target("example:Ada")).toEqual({ id: "ada", kind: "direct" })
  expect(target("   ")).toHaveProperty("problem")
  expect(normalize("Example:ADA")).toBe("ada")
  expect(limits.text).toBe(2000)
  expect(can).toEqual({ dedupe: true })
})
