import type { ModelUsage } from "../kernel/model-usage.ts"
import type { OpenModel } from "../models/service.ts"
import { dollars, fromMicros, tokens } from "./amounts.ts"

export type FooterMode = "off" | "tokens" | "full"

/** What a reply says at its end of what it took; undefined when there is nothing to say. */
export const footerOf = (
  mode: FooterMode | undefined,
  {
    usage,
    micros,
    model,
  }: {
    usage?: ModelUsage
    /** Undefined when the cost of some of it is not known. */
    micros?: number
    model?: Pick<OpenModel, "provider" | "model" | "contextWindow">
  },
): string | undefined => {
  if (!mode || mode === "off" || !usage) return undefined
  const { input, output, cacheRead, cacheWrite, totalTokens } = usage
  const read = input + cacheRead + cacheWrite
  if (!read && !output) return undefined
  const cached = cacheRead ? ` (${tokens(cacheRead)} cached)` : ""
  const facts = [`${tokens(read)} in${cached}`, `${tokens(output)} out`]
  if (mode === "full") {
    if (micros !== undefined) facts.push(dollars(fromMicros(micros)))
    if (model) {
      facts.push(`${Math.round((totalTokens / model.contextWindow) * 100)}% of context`)
      facts.push(`${model.provider}/${model.model}`)
    }
  }
  return `Usage: ${facts.join(" · ")}`
}
