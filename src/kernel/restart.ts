import { service } from "./service.ts"

export interface RestartRequest {
  /** For the log and everyone connected, e.g. `config.apply`. */
  reason: string
  /** Default 2,000. */
  delayMs?: number
  /** A session to wake once the gateway is back, and what to tell it. */
  sessionKey?: string
  note?: string
}

/** A restart that was granted. */
export interface RestartGrant {
  /** Milliseconds until it begins. */
  delayMs: number
  /** It joined one that was already on its way. */
  coalesced: boolean
}

/** Restarts the gateway in place: drained, same process id, back within about a second. */
export interface Restarts {
  /** Throws when the gateway could not start again as things are; then it goes on running. */
  request(request: RestartRequest): Promise<RestartGrant>
}
export const Restarts = service<Restarts>("restarts")
