import { service, type Services } from "./service.ts"

/** Something that happened, as hooks on this machine are told of it. Plain JSON. */
export interface HookEvent {
  type: "command" | "session" | "agent" | "gateway" | "message"
  action: string
  sessionKey?: string
  timestamp: number
  context: Record<string, unknown>
}

/** How a hook names what it wants to be told: `type`, or `type:action`. */
export const hookEventName = /^(?:command|session|agent|gateway|message)(?::[a-z0-9_-]+){0,2}$/

/** Takes what happened and returns at once; whether anybody wants to know is not the teller's concern. */
export type TellHooks = (event: HookEvent) => void
export const TellHooks = service<TellHooks>("tell hooks")

/** The same for what is built before there are hooks. */
export const tellHooks =
  (services: Services): TellHooks =>
  (event) => {
    if (services.has(TellHooks)) services.get(TellHooks)(event)
  }

/** A file of a workspace as a prompt is to carry it; `text` is null when it is missing. */
export interface BootstrapFile {
  name: string
  text: string | null
}

export interface Bootstrapping {
  agentId: string
  sessionKey: string
  workspace: string
  /** Names of files that such a session sees. */
  names: readonly string[]
}

/** Lets hooks change the files that a turn begins with; undefined while none wants that. */
export type BootstrapHooks = (
  about: Bootstrapping,
  files: readonly BootstrapFile[],
) => Promise<readonly BootstrapFile[] | undefined> | undefined
export const BootstrapHooks = service<BootstrapHooks>("bootstrap hooks")
