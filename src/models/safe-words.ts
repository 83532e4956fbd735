const longest = 300

const lookLikeKeys = [
  /\b(?:sk|pk|rk|key|gsk|hf|xai|ghp|xox[a-z])[-_][\w*.…-]{4,}/gi,
  /\bAIza[\w-]{10,}/g,
  /\bbearer\s+\S+/gi,
  /[\w+/=-]{40,}/g,
]

/** How a server writes down what it was sent. */
const formsOf = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64"),
  Buffer.from(secret).toString("hex"),
]

/** A provider's own words, short and on one line, without anything that is or looks like a key. */
export const safeWords = (text: string, secrets: readonly string[] = []): string | undefined => {
  // An HTML error page tells a person nothing.
  if (/^\s*<(?:!doctype|html)/i.test(text)) return undefined
  let words = text.replace(/[\p{C}\s]+/gu, " ").trim()
  for (const secret of secrets)
    if (secret.length >= 4)
      for (const form of formsOf(secret)) words = words.replaceAll(form, "***")
  for (const shape of lookLikeKeys) words = words.replace(shape, "***")
  if (words.length > longest) words = `${words.slice(0, longest - 1).trimEnd()}…`
  return words || undefined
}
