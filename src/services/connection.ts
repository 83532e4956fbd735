import { service } from "../kernel/service.ts"
import type { Granted } from "./grant.ts"

/** One service as it is listed and tried. */
export interface Connection {
  id: string
  label: string
  granted(): Granted
  /** Asks it one small thing; resolves with whom it takes us for, or what it offers. */
  test(signal: AbortSignal): Promise<string>
}

export const states = ["off", "not set up", "ready"] as const

export interface ServiceStatus {
  id: string
  label: string
  state: (typeof states)[number]
  lacks?: string
  access: "read" | "write"
  agents: readonly string[]
}

export interface Connections {
  list(): ServiceStatus[]
  /** Throws `services.unknown`, `services.not-ready`, or what is wrong. */
  test(
    id: string,
    signal: AbortSignal,
  ): Promise<{ id: string; label: string; said: string; ms: number }>
}
export const Connections = service<Connections>("service connections")
