import * as z from "zod"
import { event } from "../kernel/event.ts"
import { type AccountStatus, accountStates } from "./accounts.ts"

/** An account's state for others to read. */
export const accountShape = () => ({
  accountId: z.string(),
  state: z.enum(accountStates),
  since: z.number(),
  reason: z.string().optional().describe("Why it is not connected."),
  hint: z.string().optional().describe("What to do about it."),
  silent: z.literal(true).optional().describe("Connected, but without a sign of life."),
  retryAt: z.number().optional().describe("When it is tried again."),
  restarts: z.int().describe("Times it was connected anew."),
  reconnectAttempts: z.int().describe("Failures in a row."),
  waiting: z.int().describe("Messages that arrived and are not kept yet."),
  self: z.string().optional().describe("Who it is on its network."),
  lastStartAt: z.number().optional(),
  lastConnectedAt: z.number().optional(),
  lastStopAt: z.number().optional(),
  lastInboundAt: z.number().optional(),
  lastOutboundAt: z.number().optional(),
  lastError: z.string().optional(),
})

/** The words of the wire for what the supervisor knows. */
export const publicStatus = ({ channel: _, account, failures, ...status }: AccountStatus) => ({
  accountId: account,
  reconnectAttempts: failures,
  ...status,
})

export const channelsChanged = event({
  name: "channels",
  summary: "An account of a chat network is in another state.",
  audience: "read",
  payload: () => z.object({ channel: z.string(), ...accountShape() }),
})
