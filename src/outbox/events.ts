import * as z from "zod"
import { event } from "../kernel/event.ts"

export const outboxSettled = event({
  name: "outbox.settled",
  summary: "A delivery to a chat network was sent, or came to nothing.",
  audience: "read",
  payload: () =>
    z.object({
      id: z.string(),
      channel: z.string(),
      account: z.string(),
      state: z.enum(["sent", "failed", "unknown"]),
      sessionKey: z.string().optional(),
      messageIds: z.array(z.string()),
      error: z.string().optional(),
      ts: z.number(),
    }),
})
