import * as z from "zod"
import { event } from "../kernel/event.ts"

/** A device's wish as operators read it. */
export const pairRequest = z.object({
  requestId: z.string(),
  deviceId: z.string(),
  publicKey: z.string(),
  displayName: z.string().optional(),
  platform: z.string(),
  deviceFamily: z.string(),
  clientId: z.string(),
  clientMode: z.string(),
  role: z.enum(["operator", "node"]),
  scopes: z.array(z.string()),
  remoteIp: z.string().optional(),
  isRepair: z.literal(true).optional(),
  ts: z.int(),
})

export const pairRequested = event({
  name: "device.pair.requested",
  summary: "A device asks to be let in.",
  audience: "pairing",
  payload: () => pairRequest,
})

export const pairResolved = event({
  name: "device.pair.resolved",
  summary: "A pairing request was answered, or waits no longer.",
  audience: "pairing",
  payload: () =>
    z.object({
      requestId: z.string(),
      deviceId: z.string(),
      decision: z.enum(["approved", "rejected", "expired"]),
      ts: z.int(),
    }),
})

/** A node is a device; who looks after nodes alone hears of those by these names. */
export const nodePairRequested = event({
  name: "node.pair.requested",
  summary: "A node asks to be let in; the same as device.pair.requested.",
  audience: "pairing",
  payload: () =>
    z.object({
      requestId: z.string(),
      nodeId: z.string(),
      displayName: z.string().optional(),
      platform: z.string(),
      remoteIp: z.string().optional(),
      ts: z.int(),
    }),
})

export const nodePairResolved = event({
  name: "node.pair.resolved",
  summary: "A node's request was answered, or waits no longer.",
  audience: "pairing",
  payload: () =>
    z.object({
      requestId: z.string(),
      nodeId: z.string(),
      decision: z.enum(["approved", "rejected", "expired"]),
      ts: z.int(),
    }),
})
