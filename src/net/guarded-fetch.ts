import { service } from "../kernel/service.ts"

export interface GuardedRequest {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE"
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  signal: AbortSignal
  /** Whole exchange, redirects and body included. */
  timeoutMs: number
  /** Most bytes of body read, after decompression. A longer one is cut, and says so. */
  maxBytes: number
  /** Default 3. */
  maxRedirects?: number
  /** Hosts in private networks that may be reached all the same, because the operator wrote them down. */
  allowPrivate?: readonly string[]
  /** Hosts that may be asked, on every hop; private ones are refused all the same. Default: any. */
  mayReach?: (host: string) => boolean
}

export interface GuardedResponse {
  status: number
  /** Where it came from in the end. */
  url: string
  headers: Headers
  body: Uint8Array
  /** True when the body was longer than `maxBytes`. */
  cut: boolean
}

/**
 * The one `fetch` for whatever a model or a remote party can steer: http and https only, the name
 * resolved once and pinned, private networks refused on every hop, credentials dropped across
 * origins. Throws `net.*` faults.
 */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<GuardedResponse>
export const GuardedFetch = service<GuardedFetch>("guarded fetch")
