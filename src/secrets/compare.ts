import { createHash, timingSafeEqual } from "node:crypto"

const digest = (text: string) => createHash("sha256").update(text).digest()

/** Compares two secrets in a time that tells nothing about them, their lengths included. */
export const sameSecret = (expected: string, given: string) =>
  timingSafeEqual(digest(expected), digest(given)) && expected.length > 0

const placeholders =
  /^(undefined|null|none|changeme|change-me|password|token|secret|your[-_ ].*|<.*>|\*+)$/i
const shortest = 16

/** Why a secret may not guard anything, or undefined when it may. Blank counts as not set. */
export const weakness = (secret: string): string | undefined => {
  if (placeholders.test(secret.trim())) return "it is a placeholder"
  if (secret !== secret.trim()) return "it starts or ends with a space"
  if (secret.length < shortest) return `it is shorter than ${shortest} characters`
  return undefined
}

/** A secret as set, or undefined for a blank one. */
export const present = (secret: string | undefined) => (secret?.trim() ? secret : undefined)
