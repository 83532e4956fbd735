import * as z from "zod"
import { event } from "../kernel/event.ts"
import { healthSnapshot } from "./health.ts"
import { presenceEntry } from "./presence.ts"

export const connectChallenge = event({
  name: "connect.challenge",
  summary: "First frame on every socket: the nonce a device signs.",
  audience: "all",
  payload: () => z.object({ nonce: z.string(), ts: z.int() }),
})

export const tick = event({
  name: "tick",
  summary: "Sign of life, every policy.tickIntervalMs.",
  audience: "all",
  payload: () => z.object({ ts: z.int() }),
})

export const shutdown = event({
  name: "shutdown",
  summary: "The gateway goes down; sockets close right after.",
  audience: "all",
  payload: () =>
    z.object({
      reason: z.string(),
      /** When to try again, if it comes back. */
      restartExpectedMs: z.int().optional(),
    }),
})

export const presenceChanged = event({
  name: "presence",
  summary: "Who is connected, whole.",
  audience: "read",
  versioned: true,
  payload: () => z.object({ presence: z.array(presenceEntry()) }),
})

export const healthChanged = event({
  name: "health",
  summary: "The health snapshot, when it changes.",
  audience: "read",
  versioned: true,
  payload: () => healthSnapshot(),
})
