import type { Protocol } from "./wire.ts"

/** What a client reads of `hello-ok`; gateways in the field leave parts of it out. */
export interface Hello {
  protocol?: Protocol
  server?: { version?: string; connId?: string }
  features?: { methods?: string[]; events?: string[] }
  snapshot?: {
    uptimeMs?: number
    configPath?: string
    stateDir?: string
    authMode?: string
    sessionDefaults?: { defaultAgentId?: string; mainKey?: string; mainSessionKey?: string }
  }
  auth?: { role?: string; scopes?: string[]; deviceToken?: string }
  policy?: { maxPayload?: number; maxBufferedBytes?: number; tickIntervalMs?: number }
}
