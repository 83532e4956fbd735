import type { HookEvent } from "../kernel/hook-event.ts"
import type { Services } from "../kernel/service.ts"

export type HookSource = "bundled" | "state" | "extra" | "plugin" | "workspace"

/** Code that is told what happens. */
export interface Hook {
  name: string
  description: string
  /** `type` or `type:action`. */
  events: readonly string[]
  source: HookSource
  /** What this machine lacks for it. */
  missing: readonly string[]
  /** The file that holds it; what comes with fased has none. */
  file?: string
  run(event: HookEvent, call: HookRun): Promise<void> | void
}

export interface HookRun {
  services: Services
  /** Aborts at its deadline, and when the gateway stops. */
  signal: AbortSignal
}

export const wants = ({ events }: Pick<Hook, "events">, { type, action }: HookEvent) =>
  events.includes(type) || events.includes(`${type}:${action}`)
