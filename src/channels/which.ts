import { unknownChannel } from "./account-faults.ts"
import type { KnownChannels } from "./known.ts"
import type { Which } from "./supervise.ts"

/** The channel somebody means by one of its names. Throws `channels.unknown-channel`. */
export const whichChannel = (known: KnownChannels, name: string) => {
  const channel = known.find(name)
  if (channel) return channel
  throw unknownChannel({ channel: name, known: known.all().map(({ id }) => id) })
}

export const whichAccount = (known: KnownChannels, name: string, account?: string): Which => ({
  channel: whichChannel(known, name).id,
  account,
})
