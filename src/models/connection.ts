import type { Env } from "../config/paths.ts"
import type { KnownProvider } from "./catalog.ts"
import type { Api } from "./config.ts"
import { notConnected } from "./faults.ts"
import { isPrivateHost } from "../kernel/private-host.ts"

/** Everything needed to call a provider. */
export interface Connection {
  provider: string
  api: Api
  baseUrl: string
  /** Absent for a server that asks for none. */
  key?: string
  /** What the key came from: a variable or a setting, never the key. */
  keyName: string
  /** Send the key as a bearer token even where the wire format has a header of its own. */
  bearer: boolean
  headers: Readonly<Record<string, string>>
  allowPrivateNetwork: boolean
  /** The provider's own address rather than a compatible server. */
  official: boolean
}

/** Whether a provider can be called, and if not, what would change that. */
export type Standing =
  | {
      ok: true
      source: "profiles" | "config" | "env" | "none-needed"
      detail: string
      connection: Connection
    }
  | { ok: false; what: string; next: string }

/** A header value that survives the trip; a key with a line break in it was pasted wrong. */
const sendable = /^[\x21-\x7e]+$/

/** A key, and the variable or setting it is in. */
export interface FoundKey {
  key: string
  source: "config" | "env"
  name: string
}

/**
 * Never falls back to an address or a key that nobody wrote down for this provider. `profiles` are
 * the names of those that an agent can use there, best first.
 */
export const standing = (
  provider: KnownProvider,
  env: Env,
  profiles: readonly string[] = [],
): Standing => {
  const { id, config } = provider
  const setting = `models.providers.${id}`
  if (!provider.baseUrl)
    return {
      ok: false,
      what: "its address is missing",
      next: `Say where it is: fased config set ${setting}.baseUrl https://…`,
    }
  const found = profiles.length ? undefined : findKey(provider, env)
  if (found && !sendable.test(found.key))
    return {
      ok: false,
      what: `the key in ${found.name} has spaces, line breaks or letters that no key has`,
      next: `Copy the key again into ${found.name}, in one piece.`,
    }
  const connection = {
    provider: id,
    api: provider.api,
    baseUrl: provider.baseUrl.replace(/\/+$/, ""),
    key: found?.key,
    keyName: found?.name ?? `${setting}.apiKey`,
    bearer: config?.auth === "token" || config?.authHeader === true,
    headers: config?.headers ?? {},
    allowPrivateNetwork: config?.request.allowPrivateNetwork ?? true,
    official: provider.builtIn,
  }
  if (profiles.length)
    return { ok: true, source: "profiles", detail: profiles.join(", "), connection }
  if (found) return { ok: true, source: found.source, detail: found.name, connection }
  if (config?.auth === "none" || isPrivateHost(new URL(provider.baseUrl).hostname))
    return { ok: true, source: "none-needed", detail: connection.baseUrl, connection }
  return {
    ok: false,
    what: "it has no key",
    next: `Set ${provider.env[0]} in the environment or the .env file, or: fased secrets set ${setting}.apiKey`,
  }
}

/** The connection, or the fault that says what is missing. */
export const connectionOf = ({ id }: KnownProvider, standing: Standing): Connection => {
  if (standing.ok) return standing.connection
  throw notConnected({ provider: id, what: standing.what, next: standing.next })
}

/** The key that counts. */
export const findKey = (provider: KnownProvider, env: Env): FoundKey | undefined =>
  findKeys(provider, env)[0]

/**
 * Every key of a provider, the one that counts in front: the setting alone, or those of the
 * environment (`OPENAI_API_KEY`, a list in `OPENAI_API_KEYS`, `OPENAI_API_KEY_2` and so on). A blank
 * key is no key.
 */
export const findKeys = ({ id, config, env: names }: KnownProvider, env: Env): FoundKey[] => {
  if (config?.auth === "none") return []
  const written = config?.apiKey?.trim()
  if (written) return [{ key: written, source: "config", name: `models.providers.${id}.apiKey` }]
  const found = names.flatMap((name) => [
    ...named(name, env[name]),
    ...(env[`${name}S`] ?? "").split(/[\s,;]+/).flatMap((key, at) =>
      // Told apart by their places: a key is never shown.
      named(`${name}S#${at + 1}`, key),
    ),
    ...numbered(name, env).flatMap((more) => named(more, env[more])),
  ])
  return found.filter(({ key }, at) => found.findIndex((one) => one.key === key) === at)
}

const named = (name: string, value: string | undefined): FoundKey[] => {
  const key = value?.trim()
  return key ? [{ key, source: "env", name }] : []
}

/** `OPENAI_API_KEY_1`, `OPENAI_API_KEY_2`, … as far as there are any. */
const numbered = (name: string, env: Env) =>
  numberedNames
    .getOrInsertComputed(name, () => Array.from({ length: 32 }, (_, at) => `${name}_${at + 1}`))
    .filter((more) => env[more])

/** Made once: every provider is asked about whenever nobody chose a model. */
const numberedNames = new Map<string, readonly string[]>()
