/** What a plugin imports as `fased/channel`. */
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
export type { Styled } from "../kernel/styled.ts"
export { writeFileAtomic } from "../store/files.ts"

/** What the module of a plugin exports as `plugin`. */
export type ChannelPlugin = Pick<Channel, "connect" | "login" | "logout">

/** Declares the channel of a plugin: `export const plugin = channel({ … })`. */
export const channel = (plugin: ChannelPlugin): ChannelPlugin => plugin
