import { service } from "../kernel/service.ts"
import type { Reach } from "./grant.ts"

/** One service as it is listed and tried. */
export interface Connection {
  id: string
  label: string
  /** Its tools by name, with * for any letters at the end. */
  tools: readonly string[]
  granted(): Reach
  /** Asks it one small thing; resolves with whom it takes us for, or what it offers. */
  test(signal: AbortSignal): Promise<string>
}

export const states = ["off", "not set up", "ready", "failing"] as const

export interface ServiceStatus extends Pick<Connection, "id" | "label" | "tools"> {
  state: (typeof states)[number]
  lacks?: string
  problem?: string
  access?: "read" | "write"
  agents?: readonly string[]
}

export interface Connections {
  list(): ServiceStatus[]
  /** Why an agent may not even look there; undefined where it may, as far as that goes. */
  withheld(id: string, agentId: string): string | undefined
  /** Throws `services.unknown`, `services.not-ready`, or what is wrong. */
  test(
    id: string,
    signal: AbortSignal,
  ): Promise<{ id: string; label: string; said: string; ms: number }>
}
export const Connections = service<Connections>("service connections")
