/** Where what an agent says by itself goes, and when it does not. */
import { describe, expect, test } from "bun:test"
import type { AgentsConfig } from "../../src/agents/config.ts"
import { agents as section } from "../../src/agents/config.ts"
import type { ChannelsConfig } from "../../src/channels/config.ts"
import { beatsOf } from "../../src/heartbeat/beat.ts"
import { wakeUp, type WakeNeeds } from "../../src/heartbeat/wake.ts"
import type { Destination } from "../../src/kernel/delivery.ts"
import { fault } from "../../src/kernel/fault.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const direct: Destination = {
  channel: "telegram",
  account: "work",
  conversation: { id: "42", kind: "direct" },
}
const noAccount = fault("channels.unknown-account", {
  status: 404,
  message: () => "No such account.",
})

/** One wake-up of an agent that answers `text`, with what is set and what a network would do. */
const woken = async (
  text: string,
  {
    heartbeat = {},
    channels = {},
    last = direct,
    state = "sent",
  }: {
    heartbeat?: object
    channels?: object
    last?: Destination | null
    state?: "sent" | "failed"
  } = {},
) => {
  const config = section.schema.parse({
    defaults: { heartbeat: { target: "last", ...heartbeat } },
  }) as AgentsConfig
  const sent: string[] = []
  const warned: string[] = []
  const outcome = { runId: "r", status: "ok", text, stopReason: "stop", startedAt: 0, endedAt: 0 }
  const needs = {
    agents: () => config,
    channels: () => ({ defaults: {}, ...channels }) as unknown as ChannelsConfig,
    paths: {
      home: "/nowhere",
      state: "/nowhere",
      config: "/nowhere/fased.json",
      workspace: "/nowhere",
    },
    directory: {
      key: (key: string) => ({ key }),
      find: async () => null,
    },
    turns: { ofSession: () => [], get: () => undefined, outcome: async () => outcome },
    events: { waiting: () => [], drain: () => [] },
    receive: () => async () => ({ runId: "r" }),
    deliveries: () => ({
      lastOf: async () => last ?? undefined,
      target(channel: string, to: string, account?: string) {
        if (account === "gone") throw noAccount()
        return { channel, account, conversation: { id: to, kind: "direct" } }
      },
      deliver: async (_: Destination, content: { text?: string }) => {
        sent.push(content.text!)
        return { id: "d", state: "pending", messageIds: [] }
      },
      settled: async () => ({ id: "d", state, messageIds: [], error: "blocked by the network" }),
    }),
    budget: async () => ({ admit: async () => undefined }),
    zones: () => ({ user: "UTC", local: "UTC" }),
    clock: turnableClock(),
    log: { ...silentLog, warn: (message: string) => void warned.push(message) },
  } as unknown as WakeNeeds
  const told = await wakeUp(beatsOf(config)[0]!, "interval", needs)
  return { told, sent, warned }
}

describe("what it finds is said where people last spoke", () => {
  test("to them", async () => {
    const { told, sent } = await woken("The disk is full.")
    expect(sent).toEqual(["The disk is full."])
    expect(told).toMatchObject({ status: "sent", channel: "telegram", to: "42", accountId: "work" })
  })

  test("or on the network that is named, to whom is named", async () => {
    const { told } = await woken("Hm.", { heartbeat: { target: "slack", to: "C1" } })
    expect(told).toMatchObject({ status: "sent", channel: "slack", to: "C1" })
  })

  test("a network that refuses it is a failure", async () => {
    const { told } = await woken("Hm.", { state: "failed" })
    expect(told).toMatchObject({ status: "failed", reason: "blocked by the network" })
  })
})

describe("it is not said", () => {
  test.each([
    ["nowhere to say it", { last: null }, "no-target"],
    [
      "a private chat, where those are blocked",
      { heartbeat: { directPolicy: "block" } },
      "dm-blocked",
    ],
    [
      "an account nobody knows",
      { heartbeat: { target: "slack", to: "C1", accountId: "gone" } },
      "unknown-account",
    ],
    [
      "a network that shows nothing",
      { channels: { telegram: { heartbeat: { showAlerts: false, useIndicator: false } } } },
      "alerts-disabled",
    ],
    [
      "alerts are off",
      { channels: { defaults: { heartbeat: { showAlerts: false } } } },
      "alerts-disabled",
    ],
  ])("%s", async (_, options, reason) => {
    const { told, sent } = await woken("Hm.", options)
    expect({ told, sent }).toMatchObject({ told: { status: "skipped", reason }, sent: [] })
  })

  test("an account nobody knows is in the log", async () => {
    const heartbeat = { target: "slack", to: "C1", accountId: "gone" }
    expect((await woken("Hm.", { heartbeat })).warned).toEqual(["heartbeat: unknown accountId"])
  })

  test("that only a tool failed, where that is not wanted", async () => {
    const text = "⚠️ exec failed: no such file"
    expect((await woken(text)).sent).toEqual([text])
    expect((await woken(text, { heartbeat: { suppressToolErrorWarnings: true } })).sent).toEqual([])
  })
})

test("that all is well is said only where that is wanted; the account's word counts first", async () => {
  expect((await woken("")).sent).toEqual([])
  const account = { heartbeat: { showOk: true } }
  const channels = { telegram: { heartbeat: { showOk: false }, accounts: { work: account } } }
  expect((await woken("", { channels })).sent).toEqual(["HEARTBEAT_OK"])
})
