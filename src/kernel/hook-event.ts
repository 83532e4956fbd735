import { service } from "./service.ts"

/** Something that happened, as hooks on this machine are told of it. Plain JSON. */
export interface HookEvent {
  type: "command" | "session" | "agent" | "gateway" | "message"
  action: string
  sessionKey?: string
  timestamp: number
  context: Record<string, unknown>
}

/** Takes what happened and returns at once; whether anybody wants to know is not the teller's concern. */
export type TellHooks = (event: HookEvent) => void
export const TellHooks = service<TellHooks>("tell hooks")
