import catalog from "./catalog.json"

/** A model reference as typed: `provider/model`, or a bare name that may be an alias. */
export type Ref = { provider: string; model: string } | { name: string }

const providerAliases: Readonly<Record<string, string>> = catalog.providerAliases
const aliases: Readonly<Record<string, string>> = catalog.aliases

export const providerId = (typed: string) => {
  const id = typed.trim().toLowerCase()
  return Object.hasOwn(providerAliases, id) ? providerAliases[id]! : id
}

/** Splits at the first `/`; the model part may hold more of them. */
export const parseRef = (typed: string): Ref => {
  const text = typed.trim()
  const slash = text.indexOf("/")
  if (slash < 0) return { name: text }
  return { provider: providerId(text.slice(0, slash)), model: text.slice(slash + 1).trim() }
}

export const formatRef = ({ provider, model }: { provider: string; model: string }) =>
  `${provider}/${model}`

/** What a short name such as `sonnet` stands for. */
export const aliasTarget = (name: string): string | undefined => {
  const key = name.toLowerCase()
  return Object.hasOwn(aliases, key) ? aliases[key] : undefined
}
