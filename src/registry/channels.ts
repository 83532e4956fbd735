import { discord } from "../channels/discord/index.ts"
import { knownChannels } from "../channels/known.ts"
import { signal } from "../channels/signal/index.ts"
import { slack } from "../channels/slack/index.ts"
import { telegram } from "../channels/telegram/index.ts"
import type { AnyChannel } from "../kernel/network.ts"

/** Every chat network in the binary. */
export const channels: readonly AnyChannel[] = [telegram, discord, slack, signal]

/** Those, and what plugins bring while the program runs. */
export const known = knownChannels(channels)
