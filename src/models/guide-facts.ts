import * as z from "zod"

const text = z.string().min(1).optional().catch(undefined)

const finding = z.object({
  id: z.string(),
  severity: z.enum(["error", "warn", "hint"]).catch("hint"),
  title: z.string(),
  explain: z.string(),
  next: text,
})
export type Finding = z.infer<typeof finding>

const facts = z.object({
  version: text,
  url: text,
  configPath: text,
  stateDir: text,
  logFile: text,
  uptimeMs: z.number().min(0).optional().catch(undefined),
  model: z
    .object({
      default: text,
      connected: z.array(z.string()).catch([]),
    })
    .catch({ default: undefined, connected: [] })
    .transform(({ connected, ...model }) => ({
      ...model,
      connected: connected.filter((id) => id !== "fased"),
    })),
  sessions: z
    .object({ count: z.int().min(0) })
    .optional()
    .catch(undefined),
  findings: z
    .array(z.unknown())
    .catch([])
    .transform((found) =>
      found
        .flatMap((item) => finding.safeParse(item).data ?? [])
        .sort((a, b) => urgency[a.severity] - urgency[b.severity]),
    ),
})

const urgency = { error: 0, warn: 1, hint: 2 }

/** What the `gateway` tool tells the guide. Every part may be missing. */
export type Facts = z.infer<typeof facts>

/** Reads the tool's answer, or gives undefined when it is not one. */
export const readFacts = (output: unknown): Facts | undefined => {
  const value = typeof output === "string" ? parsed(output) : output
  return facts.safeParse(value).data
}

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
