import type { AnyChannel } from "../kernel/network.ts"

/** None yet; the first chat network adds its line here. */
export const channels: readonly AnyChannel[] = []
