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

/** A secret that is kept outside the config file (contract 08 §9). */
export interface SecretRef {
  source: "env" | "file" | "exec"
  /** Name of the provider under `secrets.providers`; unset, the default one of its source. */
  provider?: string
  /** What the provider knows it by. */
  id: string
}

/** A setting whose value is a reference. */
export interface SecretUse {
  /** As `parsePath` reads it. */
  path: string
  ref: SecretRef
}

/** `env:default:OPENAI_API_KEY`, as people and scripts read it. */
export const describeRef = ({ source, provider = "default", id }: SecretRef) =>
  `${source}:${provider}:${id}`

const idForms: Record<SecretRef["source"], { form: RegExp; words: string }> = {
  env: { form: /^[A-Z][A-Z0-9_]{0,127}$/, words: "the name of an environment variable" },
  file: {
    form: /^(?:value|(?:\/(?:[^~/]|~[01])*)+)$/,
    words: "a JSON pointer such as /github/token",
  },
  exec: { form: /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}$/, words: "a name such as prod/openai-key" },
}
const providerForm = /^[a-z][a-z0-9_-]{0,63}$/

/** What is wrong with a value that stands where a secret belongs and is not text; undefined for a good reference. */
export const refProblem = (value: unknown): string | undefined => {
  const { source, provider, id, ...rest } = value as Record<string, unknown>
  const form = typeof source === "string" ? idForms[source as SecretRef["source"]] : undefined
  if (!form || !Object.hasOwn(idForms, source as string))
    return 'must be text, or a reference with source "env", "file" or "exec"'
  if (provider !== undefined && !(typeof provider === "string" && providerForm.test(provider)))
    return "refers to a provider by a name that cannot be one: lower-case letters, digits, - and _"
  if (typeof id !== "string" || !form.form.test(id)) return `needs an id that is ${form.words}`
  const [extra] = Object.keys(rest)
  return extra === undefined
    ? undefined
    : `holds "${extra}" besides the source, provider and id of a reference`
}

/** True for an object that can be nothing but a reference to a secret. */
export const isSecretRef = (value: unknown): value is SecretRef =>
  typeof value === "object" && value !== null && refProblem(value) === undefined
