import { isSecretName } from "../kernel/secret.ts"

const longest = 500
/** A shorter one would be found in every other word. */
const leastLength = 6

/** What an adapter's error says, without the secrets of its settings: libraries put addresses into it. */
export const teller = (config: unknown) => {
  const secrets = secretsIn(config)
  return (error: unknown): string => {
    const text = error instanceof Error ? error.message : String(error)
    return secrets
      .reduce((left, secret) => left.replaceAll(secret, "***"), text)
      .slice(0, longest)
      .toWellFormed()
  }
}

const secretsIn = (value: unknown, name = ""): string[] => {
  if (typeof value === "string")
    return isSecretName(name) && value.length >= leastLength ? [value] : []
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value)
    .flatMap(([key, inner]) => secretsIn(inner, Array.isArray(value) ? name : key))
    .toSorted((a, b) => b.length - a.length)
}
