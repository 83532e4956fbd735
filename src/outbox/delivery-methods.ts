import * as z from "zod"
import { method } from "../kernel/method.ts"
import { unknownDelivery } from "./faults.ts"
import { Sending } from "./sending.ts"

const states = ["pending", "sending", "sent", "failed", "unknown"] as const

export const list = method({
  name: "outbox.list",
  scope: "read",
  summary: "What goes to chat networks and is not there: it waits, failed, or is unknown.",
  params: () =>
    z.object({
      state: z.enum(states).optional().describe("Only these; without it all that is not sent."),
      limit: z.int().min(1).max(200).default(50).describe("At most this many, the newest first."),
    }),
  result: () =>
    z.object({
      deliveries: z.array(
        z.object({
          id: z.string(),
          state: z.enum(states),
          channel: z.string(),
          accountId: z.string(),
          to: z.string(),
          text: z.string().optional().describe("How it begins."),
          error: z.string().optional().describe("Why, and what to do."),
          messageIds: z.array(z.string()).describe("Parts that were sent."),
          sessionKey: z.string().optional(),
          createdAt: z.number(),
        }),
      ),
    }),
  example: { state: "failed" },
  needs: { sending: Sending },
  async handle({ state, limit }, { sending }) {
    const { outbox } = await sending()
    const wanted = state ? [state] : (["pending", "sending", "failed", "unknown"] as const)
    const rows = await outbox.list({ states: wanted, limit })
    return {
      deliveries: rows.map(
        ({ id, state, to, source, error, messageIds, sessionKey, createdAt }) => ({
          id,
          state,
          channel: to.channel,
          accountId: to.account,
          to: to.conversation.id,
          ...(source && { text: source.slice(0, 120).toWellFormed() }),
          ...(error && { error }),
          messageIds: [...messageIds],
          ...(sessionKey && { sessionKey }),
          createdAt,
        }),
      ),
    }
  },
})

const one = () => z.object({ id: z.string().min(1).max(64).describe("Delivery, as listed.") })
const done = () => z.object({ ok: z.literal(true), id: z.string() })

export const retry = method({
  name: "outbox.retry",
  scope: "write",
  summary: "Send once more what failed or is unknown.",
  params: one,
  result: done,
  example: { id: "0123456789abcdef" },
  emits: ["outbox.settled"],
  needs: { sending: Sending },
  async handle({ id }, { sending }) {
    const { outbox } = await sending()
    if (!(await outbox.retry(id))) throw unknownDelivery({ id })
    return { ok: true as const, id }
  },
})

export const discard = method({
  name: "outbox.discard",
  scope: "write",
  summary: "Give up on a delivery that waits, failed or is unknown.",
  params: one,
  result: done,
  example: { id: "0123456789abcdef" },
  needs: { sending: Sending },
  async handle({ id }, { sending }) {
    const { outbox } = await sending()
    if (!(await outbox.discard(id))) throw unknownDelivery({ id })
    return { ok: true as const, id }
  },
})
