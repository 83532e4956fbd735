import { service } from "../../kernel/service.ts"
import type { RestSettings } from "./settings.ts"

export interface Connector {
  id: string
  settings: RestSettings
}

export interface RestCall {
  operation: string
  args: Readonly<Record<string, unknown>>
  body?: unknown
}

/** APIs that a document describes. Throws `services.*`. */
export interface RestClient {
  /** What the document offers, as lines for a model. */
  operations(connector: Connector, signal: AbortSignal): Promise<string[]>
  call(connector: Connector, call: RestCall, signal: AbortSignal): Promise<string>
  whoAmI(connector: Connector, signal: AbortSignal): Promise<string>
}

/** Loaded with the first call. */
export type Rest = () => Promise<RestClient>
export const Rest = service<Rest>("rest connectors")
