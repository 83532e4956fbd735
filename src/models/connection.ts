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
  | { ok: true; source: "config" | "env" | "none-needed"; detail: string; connection: Connection }
  | { ok: false; what: string; next: string }

/** A header value that survives the trip; a key with a line break in it was pasted wrong. */
const sendable = /^[\x21-\x7e]+$/

/** Never falls back to an address or a key that nobody wrote down for this provider. */
export const standing = (provider: KnownProvider, env: Env): Standing => {
  const { id, config } = provider
  const setting = `models.providers.${id}`
  if (!provider.baseUrl)
    return {
      ok: false,
      what: "its address is missing",
      next: `Say where it is: fased config set ${setting}.baseUrl https://…`,
    }
  const found = findKey(provider, env)
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

/** A blank key is no key. */
export const findKey = ({ id, config, env: names }: KnownProvider, env: Env) => {
  if (config?.auth === "none") return undefined
  const written = config?.apiKey?.trim()
  if (written)
    return { key: written, source: "config" as const, name: `models.providers.${id}.apiKey` }
  for (const name of names) {
    const key = env[name]?.trim()
    if (key) return { key, source: "env" as const, name }
  }
  return undefined
}
