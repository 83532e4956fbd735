import { service } from "../kernel/service.ts"
import type { HeartbeatEvent } from "./events.ts"

export interface Heartbeats {
  /** Wakes every agent that may be; how many those are. */
  wake(): Promise<number>
  /** The last time one was woken, or was not. */
  last(): HeartbeatEvent | null
  /** Switches all of it on or off until the gateway ends. */
  set(enabled: boolean): void
}
/** Built on first use. */
export const Heartbeats = service<() => Promise<Heartbeats>>("heartbeats")
