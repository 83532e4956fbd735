/** What a plugin imports as `fased/channel`. */
import type { Channel } from "../kernel/network.ts"

export { connectionOver, notSent } from "../kernel/network.ts"

/** What the module of a plugin exports as `plugin`. */
export type ChannelPlugin = Pick<Channel, "connect" | "login" | "logout">

/** Declares the channel of a plugin: `export const plugin = channel({ … })`. */
export const channel = (plugin: ChannelPlugin): ChannelPlugin => plugin
