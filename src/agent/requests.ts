import * as z from "zod"
import type { Sender, TurnOptions } from "../kernel/channel.ts"
import { thinkingLevels } from "../kernel/channel.ts"
import type { Deliveries, Destination } from "../kernel/delivery.ts"
import type { Caller } from "../kernel/method.ts"
import { nowhereToDeliver } from "./faults.ts"

/** Params that `chat.*` and `agent` share. */
export const sessionKey = z
  .string()
  .min(1)
  .describe("Session key; `main` is the default agent's main session.")
export const message = z
  .string()
  .max(1_000_000)
  .refine((text) => text.trim() !== "", "must not be blank")
  .describe("What to say.")
export const idempotencyKey = z
  .string()
  .min(1)
  .max(256)
  .describe("The same key again means the same message, which is answered once.")
export const thinking = z
  .enum(thinkingLevels)
  .optional()
  .describe("How hard the model should think.")
/** Whose idempotency keys a call's are: nobody answers for, or hides, another's message. */
export const accountOf = ({ user, deviceId }: Caller) =>
  user ? `user ${user}` : deviceId ? `device ${deviceId}` : "default"

/** The operator behind a call, as the pipeline knows senders. */
export const operator = ({ deviceId, clientId, scopes }: Caller): Sender => ({
  kind: "operator",
  deviceId,
  clientId,
  admin: scopes.has("admin"),
})

/** Where an answer is to go besides the session; undefined when nowhere. Throws when that is not known. */
export const deliverTo = async (
  wanted: {
    deliver?: boolean
    channel?: string
    to?: string
    account?: string
    sessionKey: string
  },
  deliveries: Deliveries,
): Promise<Destination | undefined> => {
  const { deliver, channel, to, account, sessionKey } = wanted
  if (!deliver) return undefined
  if (channel && channel !== "last") return deliveries.target(channel, to ?? "", account)
  const last = await deliveries.lastOf(sessionKey)
  if (!last) throw nowhereToDeliver({ key: sessionKey })
  return to ? deliveries.target(last.channel, to, account ?? last.account) : last
}

/** The wishes that were given; undefined when there are none. */
export const wishes = (options: TurnOptions): TurnOptions | undefined => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return given.length ? Object.fromEntries(given) : undefined
}
