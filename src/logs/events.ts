import * as z from "zod"
import { event } from "../kernel/event.ts"

/** What a connection subscribes to. */
export const topic = "logs"

export const logLines = event({
  name: "logs.lines",
  summary: "New lines of the log, as logs.tail gives them.",
  audience: "subscribers",
  payload: () =>
    z.object({
      lines: z.array(z.string()),
      truncated: z
        .literal(true)
        .optional()
        .describe("There were more lines before these: logs.tail has them."),
    }),
})
