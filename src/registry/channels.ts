import { knownChannels } from "../channels/known.ts"
import type { AnyChannel } from "../kernel/network.ts"

/** None yet; the first chat network adds its line here. */
export const channels: readonly AnyChannel[] = []

/** Those, and what plugins bring while the program runs. */
export const known = knownChannels(channels)
