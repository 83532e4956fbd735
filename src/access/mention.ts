import type { Deed } from "../kernel/network.ts"

type Message = Extract<Deed, { kind: "message" }>

const longestPattern = 200
/** A name stands at the start of what is said, or at its end. */
const looked = { start: 800, end: 200 }

/**
 * Patterns by which an agent is spoken to. Those that are no regular expressions, and those that could
 * take forever on a text made for it, match nothing.
 */
export const compile = (pattern: string): RegExp | undefined => {
  const known = compiled.get(pattern)
  if (known !== undefined) return known ?? undefined
  const made = isTame(pattern) ? regExp(pattern) : undefined
  if (compiled.size > 1000) compiled.clear()
  compiled.set(pattern, made ?? null)
  return made
}
const compiled = new Map<string, RegExp | null>()

const regExp = (pattern: string) => {
  try {
    return new RegExp(pattern, "iu")
  } catch {
    return undefined
  }
}

/** No repetition within a repetition, no reference back, and at most two that have no end. */
export const isTame = (pattern: string): boolean => {
  if (pattern.length > longestPattern || /\\[1-9k]/.test(pattern)) return false
  const plain = pattern.replace(/\\./g, "x").replace(/\[\^?\]?[^\]]*\]/g, "x")
  let endless = 0
  const repeatsWithin: boolean[] = [false]
  for (let at = 0; at < plain.length; at++) {
    const char = plain[at]!
    const range = /^\{(\d+)(,(\d*))?\}/.exec(plain.slice(at))
    if (char === "(") repeatsWithin.push(false)
    else if (char === ")") {
      const inner = repeatsWithin.length > 1 ? repeatsWithin.pop()! : false
      const next = plain.slice(at + 1)
      if (inner && /^(?:[*+]|\{\d+(?:,\d*)?\})/.test(next)) return false
      if (inner) repeatsWithin[repeatsWithin.length - 1] = true
    } else if (char === "*" || char === "+" || range) {
      // An alternation that is repeated may match one text in many ways.
      if (plain[at - 1] === ")" && /\|/.test(plain) && char !== "{") return false
      if (range && Number(range[3] || range[1]) > 50) return false
      if (!range || range[2] === ",") endless++
      repeatsWithin[repeatsWithin.length - 1] = true
      if (range) at += range[0].length - 1
    }
  }
  return endless <= 2
}

/** Patterns of an agent without any of its own: its name and its sign. */
export const derivedPatterns = ({ name, emoji }: { name?: string; emoji?: string }) => {
  const said = name?.trim()
  return [
    ...(said ? [String.raw`(?<![\p{L}\p{N}])@?${escaped(said)}(?![\p{L}\p{N}])`] : []),
    ...(emoji?.trim() ? [escaped(emoji.trim())] : []),
  ]
}
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)

export interface Gate {
  /** A mention is needed. */
  required: boolean
  ignoreOtherMentions?: boolean
  patterns: readonly string[]
  /** It is a command, of somebody who may use it. */
  isCommand: boolean
}

/**
 * Whether a message in a room is for the agent. The network's own word comes first, then patterns,
 * then an answer to one of its messages. Where none of these could tell, everything is.
 */
export const throughGate = (
  { text, mentions, quoted }: Pick<Message, "text" | "mentions" | "quoted">,
  { required, ignoreOtherMentions, patterns, isCommand }: Gate,
): { addressed: boolean; held?: "not-mentioned" | "mentions-others" } => {
  const usable = patterns.map(compile).filter((pattern) => pattern !== undefined)
  const part =
    text.length > looked.start + looked.end
      ? `${text.slice(0, looked.start)}\n${text.slice(-looked.end)}`
      : text
  const addressed =
    mentions?.bot === true || quoted?.own === true || usable.some((pattern) => pattern.test(part))
  if (addressed || isCommand) return { addressed: true }
  if (ignoreOtherMentions && mentions?.others) return { addressed, held: "mentions-others" }
  const canTell = mentions !== undefined || usable.length > 0
  return required && canTell ? { addressed, held: "not-mentioned" } : { addressed }
}
