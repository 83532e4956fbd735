import type { Clock } from "../kernel/clock.ts"
import type { Entered } from "./auth/connect.ts"
import type { KnownProvider } from "./catalog.ts"
import type { Connection } from "./connection.ts"
import { notConnected } from "./faults.ts"
import { providerFetch } from "./provider-fetch.ts"

/** What a call that is not to a language model needs to know: an address, and a way there. */
export interface Reached {
  /** Without a slash at its end. */
  baseUrl: string
  /** Carries the provider's key, or the one that was given. */
  fetch: typeof fetch
}

/** Where a call goes that is not to a language model. */
export interface ReachOptions {
  agentId?: string
  /** For words about what went wrong. */
  model: string
  /** Another address; the provider's own key is then not sent there. */
  baseUrl?: string
  /** Another key, and the setting it is in. */
  key?: string
  keyName?: string
  headers?: Readonly<Record<string, string>>
}

interface Needs {
  find: (id: string) => KnownProvider | undefined
  /** The provider's own connection; throws `models.not-connected`. */
  enter: (provider: KnownProvider, agentId: string | undefined) => Entered
  patience: () => { answerMs: number; silenceMs: number }
  clock: Clock
}

/** Opens the guarded way to a provider for its other services, such as embeddings. */
export const createReach =
  ({ find, enter, patience, clock }: Needs) =>
  (id: string, options: ReachOptions): Reached => {
    const provider = find(id)
    const isOwn = options.baseUrl === undefined && options.key === undefined
    const { connection, secret } =
      isOwn && provider
        ? enter(provider, options.agentId)
        : { connection: elsewhere(id, provider, options), secret: undefined }
    return {
      baseUrl: connection.baseUrl,
      fetch: providerFetch({
        connection: { ...connection, headers: { ...connection.headers, ...options.headers } },
        secret,
        called: { provider: id, model: options.model },
        keyHeader: id === "google" ? "x-goog-api-key" : "authorization",
        patience: patience(),
        clock,
      }),
    }
  }

const elsewhere = (
  id: string,
  provider: KnownProvider | undefined,
  { baseUrl = provider?.baseUrl, key, keyName }: ReachOptions,
): Connection => {
  if (!baseUrl)
    throw notConnected({
      provider: id,
      what: "its address is missing",
      next: `Say where it is: fased config set models.providers.${id}.baseUrl https://…`,
    })
  return {
    provider: id,
    api: provider?.api ?? "openai-completions",
    baseUrl: baseUrl.replace(/\/+$/, ""),
    key: key?.trim() || undefined,
    keyName: keyName ?? `models.providers.${id}.apiKey`,
    bearer: false,
    headers: {},
    allowPrivateNetwork: true,
    official: false,
  }
}
