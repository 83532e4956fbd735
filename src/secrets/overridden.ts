import type { Env } from "../config/paths.ts"
import type { SecretUse } from "../kernel/secret.ts"

/** A variable that says in plain text what a setting refers to; the reference counts. */
export interface Overridden {
  path: string
  variable: string
}

/** Variables that would go before a setting, were it not a reference (contract 01 §8). */
const variables: Readonly<Record<string, string>> = {
  "gateway.auth.token": "FASED_GATEWAY_TOKEN",
  "gateway.auth.password": "FASED_GATEWAY_PASSWORD",
}

/**
 * A reference goes before the variable for the same thing: what an old shell or service file still
 * exports must not keep a secret alive that was changed where it is kept.
 */
export const overridden = (refs: readonly SecretUse[], env: Env): Overridden[] =>
  refs.flatMap(({ path, ref }) => {
    const variable = variables[path]
    const isItsOwn = ref.source === "env" && ref.id === variable
    return variable && env[variable]?.trim() && !isItsOwn ? [{ path, variable }] : []
  })

/** The environment without the variables that references override. */
export const withoutOverridden = (refs: readonly SecretUse[], env: Env): Env => {
  const out = overridden(refs, env)
  if (!out.length) return env
  const gone = new Set(out.map(({ variable }) => variable))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !gone.has(name)))
}
