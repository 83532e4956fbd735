import type { Outcome } from "../agent/outcome.ts"
import type { transient } from "./config.ts"
import type { Run, RunUsage } from "./run.ts"

type Passing = (typeof transient)[number]

const kinds: Readonly<Record<string, Passing>> = {
  "models.rate-limited": "rate_limit",
  "models.resting": "rate_limit",
  "models.overloaded": "overloaded",
  "models.unreachable": "network",
  "models.cut-off": "network",
  "models.timeout": "network",
  "models.unavailable": "server_error",
  "models.exhausted": "server_error",
  "models.garbled": "server_error",
}

/** What of a failure may pass by itself; undefined for one that will not. */
export const passing = (code: string | undefined): Passing | undefined =>
  code === undefined ? undefined : kinds[code]

/** As much of a result as the run log keeps. */
const summaryChars = 2000

const usageOf = ({ usage }: Outcome): RunUsage | undefined =>
  usage && {
    input_tokens: usage.input,
    output_tokens: usage.output,
    total_tokens: usage.input + usage.output + usage.cacheRead + usage.cacheWrite,
    cache_read_tokens: usage.cacheRead,
    cache_write_tokens: usage.cacheWrite,
  }

export const codeOf = ({ error }: Outcome) =>
  (error?.details as { code?: string } | undefined)?.code

/** What a turn came to, as its run tells it. */
export const resultOf = (outcome: Outcome): Partial<Run> => {
  const { sessionId, text, provider, model, error } = outcome
  const told = {
    sessionId,
    provider,
    model,
    usage: usageOf(outcome),
    summary: text.trim().slice(0, summaryChars).toWellFormed() || undefined,
  }
  switch (outcome.status) {
    case "ok":
      return { ...told, status: "ok" }
    case "aborted":
      return { ...told, status: "skipped", error: "It was stopped." }
    case "error":
      return { ...told, status: "error", error: error?.message ?? "The turn failed." }
  }
}
