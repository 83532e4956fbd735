import type { AnyChannel } from "../kernel/network.ts"
import { service } from "../kernel/service.ts"

/** The networks this gateway can speak: those of the binary, and those of plugins that joined. */
export interface KnownChannels {
  all(): readonly AnyChannel[]
  /** By its id or another name it goes by. */
  find(name: string): AnyChannel | undefined
  /** Adds one at run time; the function takes it out again. Throws when its id is taken. */
  join(channel: AnyChannel): () => void
}
export const KnownChannels = service<KnownChannels>("known channels")

export const knownChannels = (builtIn: readonly AnyChannel[]): KnownChannels => {
  // Another list after each change, so that what was made of one can tell.
  let channels = builtIn
  const find = (name: string) => {
    const wanted = name.trim().toLowerCase()
    return channels.find(({ id, aliases }) => id === wanted || aliases?.includes(wanted))
  }
  return {
    all: () => channels,
    find,
    join(channel) {
      if (find(channel.id)) throw new Error(`two channels are named "${channel.id}"`)
      channels = [...channels, channel]
      return () => {
        channels = channels.filter((one) => one !== channel)
      }
    },
  }
}
