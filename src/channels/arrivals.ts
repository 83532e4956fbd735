import type { Clock } from "../kernel/clock.ts"
import type { Arrival, Heard } from "../kernel/network.ts"
import { within } from "../kernel/deadline.ts"
import { inTurn } from "./in-turn.ts"
import { flooded, notListening } from "./account-faults.ts"

/** So many may be on their way to disk; what comes over that is left with the network. */
const most = 200
const longestMs = 60_000

export interface Arrivals {
  /**
   * Hands one over, after those that came before it in its conversation. Rejects when the network
   * is not to be told that it was received: it delivers again.
   */
  arrived(arrival: Arrival): Promise<Heard>
  readonly waiting: number
}

export const createArrivals = (options: {
  hand(arrival: Arrival): Promise<Heard>
  label: string
  signal: AbortSignal
  clock: Clock
}): Arrivals => {
  const { hand, label, signal, clock } = options
  const ordered = inTurn()
  let waiting = 0
  return {
    get waiting() {
      return waiting
    },
    async arrived(arrival) {
      if (signal.aborted) throw notListening({ label })
      if (waiting >= most) throw flooded({ label, most })
      const { id, thread } = arrival.conversation
      waiting++
      try {
        return await ordered(JSON.stringify([id, thread?.id]), async () => {
          if (signal.aborted) throw notListening({ label })
          return within(clock, longestMs, () => hand(arrival), signal)
        })
      } finally {
        waiting--
      }
    },
  }
}
