import * as z from "zod"
import { section } from "../kernel/section.ts"

export const memory = section({
  id: "memory",
  summary:
    "What agents remember between sessions. How it is searched: agents.defaults.memorySearch.",
  reload: "live",
  schema: () =>
    z.strictObject({
      citations: z
        .enum(["auto", "on", "off"])
        .default("auto")
        .describe("Name file and lines with what was found. auto: where nobody else reads along."),
    }),
})
export type MemoryConfig = z.infer<typeof memory.schema>
