import type { LanguageModelV4CallOptions } from "@ai-sdk/provider"
import { type ThinkingLevel, thinkingLevels } from "../kernel/channel.ts"
import type { KnownModel, KnownProvider } from "./catalog.ts"
import { thinkingNotHad } from "./faults.ts"

/**
 * How a model is told to think. `native`: by its library's own setting · `effort`: as
 * `reasoning_effort` · `binary`, `qwen`: on or off · `openrouter`: in OpenRouter's own words ·
 * `fixed`: it does as it does
 */
export type ThinkingStyle = "native" | "effort" | "binary" | "qwen" | "openrouter" | "fixed"

/** What is known of a model's thinking. */
export interface Thinking {
  style: ThinkingStyle
  /** The levels that may be asked for, least first. */
  levels: readonly ThinkingLevel[]
  /** The level nobody asked for; absent when nothing is known of the model and it is left alone. */
  usual?: ThinkingLevel
}

interface Thinker {
  provider: string
  thinking?: Thinking
}

const usualLevels: readonly ThinkingLevel[] = ["off", "minimal", "low", "medium", "high"]

const noThinking: Thinking = { style: "fixed", levels: ["off"], usual: "off" }

/** What a model of a provider can do; `preferred` is what the settings want of every model. */
export const thinkingOf = (
  provider: Pick<KnownProvider, "thinking" | "api">,
  model: Pick<KnownModel, "reasoning" | "thinking" | "thinkingStyle"> | undefined,
  preferred?: ThinkingLevel,
): Thinking => {
  const usualStyle = provider.api === "openai-completions" ? "effort" : "native"
  const style = model?.thinkingStyle ?? provider.thinking ?? usualStyle
  if (model?.reasoning === false) return noThinking
  const known = model?.reasoning === true
  const levels = model?.thinking ?? levelsOfStyle[style](known)
  const wanted = preferred ?? (known ? "low" : undefined)
  return { style, levels, usual: wanted && nearestLevel(levels, wanted) }
}

const levelsOfStyle: Record<ThinkingStyle, (known: boolean) => readonly ThinkingLevel[]> = {
  native: () => usualLevels,
  effort: () => usualLevels,
  openrouter: () => thinkingLevels,
  binary: () => ["off", "low"],
  qwen: () => ["off", "low"],
  fixed: (known) => (known ? ["low"] : thinkingLevels),
}

/** The level a model has that comes closest: the highest not above what is wanted, else its least. */
export const nearestLevel = (
  levels: readonly ThinkingLevel[],
  wanted: ThinkingLevel,
): ThinkingLevel => {
  const limit = thinkingLevels.indexOf(wanted)
  return levels.findLast((level) => thinkingLevels.indexOf(level) <= limit) ?? levels[0] ?? "off"
}

/**
 * What makes a model think as hard as is wanted, to be spread into the call's options. A level that
 * the model lacks becomes the closest it has: a turn that falls back to another model goes on.
 */
export const thinkingFor = (
  { provider, thinking }: Thinker,
  wanted?: ThinkingLevel,
): Pick<LanguageModelV4CallOptions, "reasoning" | "providerOptions"> => {
  if (!thinking) return {}
  const { style, levels, usual } = thinking
  const asked = wanted ?? usual
  if (asked === undefined || style === "fixed") return {}
  const level = nearestLevel(levels, asked)
  const on = level !== "off"
  const own = (options: Record<string, unknown>) =>
    ({
      providerOptions: { [optionsKey(provider)]: options },
    }) as Pick<LanguageModelV4CallOptions, "providerOptions">
  switch (style) {
    case "native":
      return { reasoning: on ? level : "none" }
    case "effort":
      // Servers that cannot switch it off refuse `none`; leaving it out is understood by all.
      return on ? { reasoning: level } : {}
    case "binary":
      return own({ thinking: { type: on ? "enabled" : "disabled" } })
    case "qwen":
      return own({ enable_thinking: on })
    case "openrouter":
      return own({ reasoning: on ? { effort: level } : { enabled: false } })
  }
}

/** Where the library for compatible servers looks for settings of the provider's own. */
export const optionsKey = (provider: string) => provider.split(".")[0]!

const spellings: Readonly<Record<string, ThinkingLevel>> = {
  on: "low",
  think: "minimal",
  "think hard": "low",
  "think harder": "medium",
  ultrathink: "high",
  highest: "high",
  max: "high",
  "ultrathink+": "xhigh",
  "x-high": "xhigh",
  x_high: "xhigh",
  "extra-high": "xhigh",
}

/** The level somebody named, by its name or another word for it. */
export const readThinking = (typed: string): ThinkingLevel | undefined => {
  const word = typed.trim().toLowerCase().replace(/\s+/g, " ")
  if (Object.hasOwn(spellings, word)) return spellings[word]
  return thinkingLevels.find((level) => level === word)
}

/** The level somebody asked for, if the model has it. Throws `models.thinking-not-had`. */
export const requireThinking = (
  model: Thinker & { model: string },
  typed: string,
): ThinkingLevel => {
  const level = readThinking(typed)
  const levels = model.thinking?.levels ?? ["off" as const]
  if (level && levels.includes(level)) return level
  throw thinkingNotHad({ ...model, typed, valid: levelWords(model) })
}

/** The levels of a model as people read them. */
export const levelWords = ({ thinking }: Pick<Thinker, "thinking">): readonly string[] => {
  const { style, levels } = thinking ?? noThinking
  return style === "binary" || style === "qwen" ? ["off", "on"] : levels
}
