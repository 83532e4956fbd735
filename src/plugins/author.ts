/** What a plugin imports as `fased/channel`. */
import type { HookEvent } from "../kernel/hook-event.ts"
import type { Channel } from "../kernel/network.ts"

export type { ConnectContext, LoginStep } from "../kernel/connect-context.ts"
export { connectionOver, notSent } from "../kernel/network.ts"
export type {
  Arrival,
  Attachment,
  Connection,
  Deed,
  Part,
  Person,
  Sent,
} from "../kernel/network.ts"
export type { HookEvent } from "../kernel/hook-event.ts"
export type { Styled } from "../kernel/styled.ts"
export { writeFileAtomic } from "../store/files.ts"

/** What the module of a plugin exports as `plugin`. */
export interface ChannelPlugin extends Pick<Channel, "connect" | "login" | "logout"> {
  /** Is told what happens in the gateway: the events that `hooks` of its manifest names. */
  told?(event: HookEvent, signal: AbortSignal): Promise<void> | void
}

/** Declares the channel of a plugin: `export const plugin = channel({ … })`. */
export const channel = (plugin: ChannelPlugin): ChannelPlugin => plugin
