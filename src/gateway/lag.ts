import type { Clock } from "../kernel/clock.ts"

const everyMs = 1000
/** How long a lag is remembered. */
const rememberedSamples = 15

/** How late the event loop was: the worst of the last seconds, in milliseconds. */
export const watchLag = (clock: Clock) => {
  const samples: number[] = []
  let due = clock.now() + everyMs
  const stop = clock.every(everyMs, () => {
    const now = clock.now()
    samples.push(Math.max(0, now - due))
    if (samples.length > rememberedSamples) samples.shift()
    due = now + everyMs
  })
  return { worst: () => Math.max(0, ...samples), stop }
}
