import { service } from "../kernel/service.ts"
import type { Finding } from "./run.ts"

/** What an agent may know about the gateway it runs in. Holds no secret. */
export interface Facts {
  version: string
  url: string
  configPath: string
  stateDir: string
  logFile: string
  uptimeMs: number
  model: {
    /** `provider/model` that answers when nothing else is named. */
    default: string
    /** Providers that have what they need to be called. */
    connected: string[]
  }
  channels: { id: string; label: string; connected: boolean }[]
  sessions: { count: number }
  findings: Finding[]
}

export interface GatewayFacts {
  read(): Promise<Facts>
}
export const GatewayFacts = service<GatewayFacts>("gateway facts")
