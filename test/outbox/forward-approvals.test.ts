import { expect, test } from "bun:test"
import type { Deliveries } from "../../src/kernel/delivery.ts"
import { createForwarding } from "../../src/outbox/forward-approvals.ts"
import { silentLog } from "../support/silent-log.ts"
import { startSending } from "../support/sending.ts"

const conversation = { id: "c9", kind: "direct" as const }
const target: Deliveries["target"] = (channel, id) => ({
  channel,
  account: "default",
  conversation: { id },
})

const start = (more: object = {}) => {
  const sending = startSending({ network: { can: { edit: true, buttons: true } } })
  const forwarding = createForwarding({
    config: () => ({
      enabled: true,
      mode: "both",
      agentFilter: [],
      sessionFilter: [],
      targets: [{ channel: "fake", to: "c7" }],
      ...more,
    }),
    outbox: sending.outbox,
    send: sending.send,
    target,
    clock: sending.clock,
    log: silentLog,
  })
  return { sending, forwarding }
}

const id = "0123456789abcdef0123456789abcdef0123"
const asked = (command: string) =>
  ({
    id,
    createdAtMs: 1_700_000_000_000,
    expiresAtMs: 1_700_000_120_000,
    request: {
      command,
      cwd: "/home/ada",
      agentId: "main",
      sessionKey: "agent:main:main",
      allowedDecisions: ["allow-once", "deny"],
    },
  }) as never

test("an approval is asked for where the session was spoken to and at the targets, and ends there", async () => {
  const { sending, forwarding } = start()
  await using _ = sending
  await sending.outbox.spokenTo(
    "agent:main:main",
    { channel: "fake", account: "default", conversation },
    0,
  )
  await forwarding.ask(asked("rm -r ``` things"))
  await sending.quiet()
  expect(sending.posted.map(({ chat }) => chat).toSorted()).toEqual(["c7", "c9"])
  for (const { text } of sending.posted) {
    expect(text).toContain("rm -r ``` things")
    expect(text).toContain("/approve 01234567")
  }
  await forwarding.told({
    id,
    decision: "allow-once",
    status: "allow-once",
    resolvedBy: "/approve on fake",
    sessionKey: null,
    ts: 0,
  })
  await sending.quiet()
  expect(sending.posted.map(({ text }) => text)).toEqual(
    Array(2).fill("Approval 01234567: allow-once (/approve on fake)."),
  )
})

test("only what the filters let through is asked", async () => {
  for (const more of [{ agentFilter: ["other"] }, { sessionFilter: ["telegram"] }]) {
    const { sending, forwarding } = start(more)
    await using _ = sending
    await forwarding.ask(asked("ls"))
    await sending.quiet()
    expect(sending.posted).toEqual([])
  }
})
