import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { levels } from "../kernel/log.ts"
import { section } from "../kernel/section.ts"

const level = onFirstUse(() => z.enum([...levels, "silent"]))

export const logging = section({
  id: "logging",
  summary: "Log file and terminal output.",
  reload: "live",
  schema: () =>
    z.object({
      level: level().default("info").describe("Least serious lines written to the file."),
      file: z.string().min(1).optional().describe("A fixed log file instead of one a day."),
      maxFileBytes: z
        .int()
        .min(1_000)
        .default(500_000_000)
        .describe("A file of this size is put aside and a new one begun."),
      maxTotalBytes: z
        .int()
        .min(10_000)
        .default(1_000_000_000)
        .describe("Most that all log files may take; the oldest go first."),
      consoleLevel: level().default("info").describe("Least serious lines shown in the terminal."),
      consoleStyle: z
        .enum(["pretty", "compact", "json"])
        .default("pretty")
        .describe("How lines look in the terminal."),
      redactSensitive: z
        .enum(["tools", "off"])
        .default("tools")
        .describe("Mask what looks like a secret (`tools`), or write everything as it is (`off`)."),
      redactPatterns: z
        .array(z.string().refine(isPattern, "is not a regular expression"))
        .optional()
        .describe("Regular expressions, plain or /…/flags, that replace the built-in ones."),
    }),
})
export type Logging = z.infer<typeof logging.schema>

function isPattern(text: string) {
  try {
    return toPattern(text) instanceof RegExp
  } catch {
    return false
  }
}

/** `text` as a global, case-insensitive pattern, or with the flags of its `/…/flags` form. */
export const toPattern = (text: string) => {
  const [, source, flags] = /^\/(.+)\/([a-z]*)$/.exec(text) ?? []
  if (source === undefined) return new RegExp(text, "gi")
  return new RegExp(source, flags!.includes("g") ? flags : `${flags}g`)
}
