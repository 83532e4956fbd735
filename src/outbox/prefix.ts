/** What a prefix may speak of. */
export interface PrefixFacts {
  /** What the agent calls itself. */
  name?: string
  provider?: string
  model?: string
  thinking?: string
}

/** The words before an answer; those of which nothing is known are left out. */
export const prefixOf = (template: string | undefined, facts: PrefixFacts): string => {
  if (!template) return ""
  if (template === "auto") return facts.name ? `[${facts.name}]` : ""
  const { name, provider, model, thinking } = facts
  const values: Readonly<Record<string, string | undefined>> = {
    model,
    modelfull: provider && model && `${provider}/${model}`,
    provider,
    thinkinglevel: thinking,
    think: thinking,
    "identity.name": name,
  }
  return template
    .replace(/\{([\w.]+)\}/g, (whole, word: string) => {
      const key = word.toLowerCase()
      return key in values ? (values[key] ?? "") : whole
    })
    .trim()
}
