/** What a secret looks like by its name, and what may be shown of one. */

const secretNames =
  /(?:^|[_\-. ])(?:token|secret|password|passwd|passphrase|authorization|cookie|credentials?|secrets|passwords|(?:api|access|private|secret|signing|encryption|auth)[_\-. ]?keys?)$/

/** True for `token`, `botToken`, `OPENAI_API_KEY`, `x-api-key`; false for `maxTokens`, `tokenFile`, `key`. */
export const isSecretName = (name: string) => {
  const known = judged.get(name)
  if (known !== undefined) return known
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase()
  const verdict = secretNames.test(words)
  if (judged.size < 2_000) judged.set(name, verdict)
  return verdict
}
const judged = new Map<string, boolean>()

/** Shows enough of a long secret to tell two apart, nothing of a short one. Masking twice changes nothing. */
export const maskSecret = (value: string) =>
  value.length >= 18 ? `${value.slice(0, 6)}…${value.slice(-4)}` : isMasked(value) ? value : "***"

const isMasked = (value: string) => value.length === 11 && value[6] === "…"
