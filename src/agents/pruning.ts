import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const names = onFirstUse(() => z.array(z.string().min(1).max(200)))

/** What of old tool results is left out of a request (contract 16 §11). The transcript keeps all. */
const contextPruning = onFirstUse(() =>
  z
    .strictObject({
      mode: z
        .enum(["off", "cache-ttl"])
        .optional()
        .describe("`cache-ttl`: once the provider's cache has run out. Unset: so for Anthropic."),
      ttl: z
        .string()
        .regex(/^\d+(ms|s|m|h|d)$/, "must be a duration such as 5m")
        .optional()
        .describe("How long the provider's cache is taken to last: 5m, or 1h when mode is unset."),
      keepLastAssistants: z
        .int()
        .min(0)
        .default(3)
        .describe("Results since this many answers ago are left alone."),
      softTrimRatio: z
        .number()
        .min(0)
        .max(1)
        .default(0.3)
        .describe("Share of the context window from which large results are shortened."),
      hardClearRatio: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe("Share of the context window from which old results are cleared."),
      minPrunableToolChars: z
        .int()
        .min(0)
        .default(50_000)
        .describe("With less than this in old results, none is cleared."),
      softTrim: z
        .strictObject({
          maxChars: z.int().min(0).default(4000).describe("Shorter results stay whole."),
          headChars: z.int().min(0).default(1500).describe("Characters kept of the beginning."),
          tailChars: z.int().min(0).default(1500).describe("Characters kept of the end."),
        })
        .prefault({})
        .describe("How a large result is shortened."),
      hardClear: z
        .strictObject({
          enabled: z.boolean().default(true).describe("Clear old results at all."),
          placeholder: z
            .string()
            .max(500)
            .default("[Old tool result content cleared]")
            .describe("What stands in their place."),
        })
        .prefault({})
        .describe("How an old result is cleared."),
      tools: z
        .strictObject({
          allow: names()
            .optional()
            .describe("Only results of these tools; `*` stands for anything."),
          deny: names().optional().describe("Never results of these."),
        })
        .prefault({})
        .describe("Whose results may be shortened."),
    })
    .prefault({})
    .describe("Old tool results that are left out of a request; the transcript keeps them."),
)
export type PruningSettings = z.infer<ReturnType<typeof contextPruning>>

/** Settings of `agents.defaults` about what is left out of a request. */
export const pruningSettings = onFirstUse(() => ({ contextPruning: contextPruning() }))
