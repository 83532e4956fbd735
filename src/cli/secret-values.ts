import { redactConfig } from "../config/redact.ts"
import type { ConfigState } from "../config/settings.ts"
import type { Section } from "../kernel/section.ts"
import { isSecretName } from "../kernel/secret.ts"

/** Shorter ones would be found in every other word. */
const leastLength = 6

/** Every secret this instance has in its config and its environment. */
export const secretsOf = (
  { source, composed, env }: Pick<ConfigState, "source" | "composed" | "env">,
  sections: readonly Section[],
): string[] => {
  const written = [source, composed].flatMap((tree) =>
    tree ? hidden(tree, redactConfig(tree, sections)) : [],
  )
  const exported = Object.entries(env).flatMap(([name, value]) =>
    value && isSecretName(name) ? [value] : [],
  )
  const found = [...written, ...exported].map((value) => value.trim())
  // A longer one first: it may begin with a shorter.
  return [...new Set(found)]
    .filter((value) => value.length >= leastLength)
    .toSorted((a, b) => b.length - a.length)
}

/** What a reading says that its copy for showing does not. */
const hidden = (written: unknown, shown: unknown): string[] => {
  if (written === shown) return []
  if (typeof written !== "object" || written === null) return [String(written)]
  const copy = (shown ?? {}) as Record<string, unknown>
  return Object.entries(written).flatMap(([key, value]) => hidden(value, copy[key]))
}

/** A copy of `value` in which none of these secrets stands, in whatever text they were. */
export const hideIn = <T>(value: T, secrets: readonly string[]): T =>
  JSON.parse(
    secrets.reduce(
      (text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), "***"),
      JSON.stringify(value),
    ),
  )
