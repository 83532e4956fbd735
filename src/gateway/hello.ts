import type { HealthSnapshot } from "./health.ts"
import type { PresenceEntry } from "./presence.ts"
import type { Prepared } from "../kernel/method.ts"
import type { Admission } from "./admission.ts"
import { limits } from "./frames.ts"

export interface HelloFacts {
  version: string
  methods: readonly string[]
  events: readonly string[]
  startedAt: number
  configPath: string
  stateDir: string
  authMode: () => string
  defaultAgentId: () => string
  mainSessionKey: () => string
}

/** Builds `hello-ok` payloads. What is the same for everyone is made into text once. */
export const createHello = (facts: HelloFacts) => {
  const features = JSON.stringify({
    methods: facts.methods,
    events: facts.events,
    capabilities: [],
  })
  const policy = JSON.stringify({
    maxPayload: limits.frame,
    maxBufferedBytes: limits.buffered,
    tickIntervalMs: limits.tickMs,
  })
  return (
    { protocol, role, scopes, deviceToken, issuedAt, method }: Admission,
    now: {
      connId: string
      at: number
      presence: PresenceEntry[]
      health: Prepared<HealthSnapshot>
      stateVersion: { presence: number; health: number }
    },
  ): string => {
    const isAdmin = scopes.includes("operator.admin")
    const mayRead = isAdmin || scopes.includes("operator.read") || scopes.includes("operator.write")
    const defaultAgentId = facts.defaultAgentId()
    const server = { version: facts.version, connId: now.connId }
    const snapshot = JSON.stringify({
      presence: mayRead ? now.presence : [],
      stateVersion: now.stateVersion,
      uptimeMs: now.at - facts.startedAt,
      sessionDefaults: {
        defaultAgentId,
        mainKey: "main",
        mainSessionKey: facts.mainSessionKey(),
        scope: "per-sender",
      },
      authMode: facts.authMode(),
      // Where things lie on disk is for those who could read it anyway.
      ...(isAdmin && { configPath: facts.configPath, stateDir: facts.stateDir }),
    })
    const auth = JSON.stringify({
      method,
      role,
      scopes,
      ...(deviceToken && { deviceToken, issuedAtMs: issuedAt }),
    })
    const health = mayRead ? now.health.json : "{}"
    return `{"type":"hello-ok","protocol":${protocol},"server":${JSON.stringify(server)},"features":${features},"snapshot":${snapshot.slice(0, -1)},"health":${health}},"auth":${auth},"policy":${policy}}`
  }
}
export type Hello = ReturnType<typeof createHello>
