import { redacted } from "../config/redact.ts"
import type { Problem } from "./providers/answer.ts"

/** Why a text that a provider gave is no secret: programs write these where there is none. */
export const unusable = (value: string): Problem | undefined => {
  const text = value.trim()
  const next = "store the secret there"
  if (!text) return { reason: "it is empty", next }
  if (/^(?:undefined|null)$/i.test(text))
    return { reason: `it is the word "${text.toLowerCase()}"`, next }
  if (text.includes(redacted))
    return { reason: `it is ${redacted}, which only stands for a hidden secret`, next }
  return undefined
}
