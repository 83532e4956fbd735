import type { LanguageModelV4Usage } from "@ai-sdk/provider"

/** Tokens of one model call. `input` was in no cache; `totalTokens` is what the context then held. */
export interface ModelUsage {
  input: number
  output: number
  /** Tokens of the output that were spent on thinking, where there were any. */
  reasoning?: number
  cacheRead: number
  cacheWrite: number
  totalTokens: number
}

/** What a provider counted, whichever of the figures it gave. */
export const usageOf = ({ inputTokens, outputTokens }: LanguageModelV4Usage): ModelUsage => {
  const input = inputTokens.noCache ?? inputTokens.total ?? 0
  const cacheRead = inputTokens.cacheRead ?? 0
  const cacheWrite = inputTokens.cacheWrite ?? 0
  const output = outputTokens.total ?? 0
  const totalTokens = (inputTokens.total ?? input + cacheRead + cacheWrite) + output
  const { reasoning } = outputTokens
  return { input, output, ...(reasoning && { reasoning }), cacheRead, cacheWrite, totalTokens }
}
