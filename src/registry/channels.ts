import type { AnyChannel } from "../kernel/channel.ts"

/** None yet; the first chat network adds its line here. */
export const channels: readonly AnyChannel[] = []
