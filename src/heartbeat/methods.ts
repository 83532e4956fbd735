import * as z from "zod"
import { agents, defaultAgentId } from "../agents/config.ts"
import { holds, method } from "../kernel/method.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { Directory } from "../sessions/directory.ts"
import { mainSession } from "../sessions/keys.ts"
import { heartbeatEvent } from "./events.ts"
import { Heartbeats } from "./service.ts"

export const last = method({
  name: "last-heartbeat",
  scope: "read",
  summary: "Show when an agent was last woken by itself, and what came of it.",
  params: z.object({}),
  result: () => heartbeatEvent.payload.nullable(),
  example: {},
  needs: { heartbeats: Heartbeats },
  handle: async (_, { heartbeats }) => (await heartbeats()).last(),
})

export const set = method({
  name: "set-heartbeats",
  scope: "admin",
  summary: "Switch periodic wake-ups on or off, until the gateway ends.",
  params: z.object({ enabled: z.boolean().describe("On or off.") }),
  result: z.object({ ok: z.literal(true), enabled: z.boolean() }),
  example: { enabled: false },
  needs: { heartbeats: Heartbeats },
  async handle({ enabled }, { heartbeats }) {
    ;(await heartbeats()).set(enabled)
    return { ok: true as const, enabled }
  },
})

export const wake = method({
  name: "wake",
  scope: "write",
  summary:
    "Tell the main session of something, and wake the agents now or leave it for the next time.",
  params: z.object({
    mode: z.enum(["now", "next-heartbeat"]).describe("When it is acted on."),
    text: z.string().trim().min(1).max(2000).describe("What happened."),
  }),
  result: z.object({
    ok: z.literal(true),
    woken: z.int().describe("Agents that were woken for it."),
  }),
  example: { mode: "next-heartbeat", text: "The backup ran." },
  emits: ["heartbeat"],
  needs: { heartbeats: Heartbeats, events: SystemEvents, directory: Directory, agents },
  async handle({ mode, text }, { heartbeats, events, directory, agents, caller }) {
    const { key } = directory.key(mainSession(defaultAgentId(agents)))
    // What the gateway says of itself is believed; only an admin may speak as if they were it.
    const source = `a client of the gateway (${caller.clientId})`
    events.enqueue(key, holds(caller.scopes, "admin") ? text : untrusted(text, { source }))
    const woken = mode === "now" ? await (await heartbeats()).wake() : 0
    return { ok: true as const, woken }
  },
})
