import type { Clock } from "../kernel/clock.ts"

/** Shows that something is being written, again and again until it is ended. */
export const createTyping = ({
  show,
  everyMs,
  mostMs = 600_000,
  clock,
}: {
  /** Never throws. */
  show: (on: boolean) => void
  everyMs: number
  /** After so long nobody believes it any more. */
  mostMs?: number
  clock: Clock
}) => {
  let stop: (() => void) | undefined
  let ended = false
  return {
    begin() {
      if (stop || ended) return
      const since = clock.now()
      show(true)
      stop = clock.every(everyMs, () => {
        if (clock.now() - since < mostMs) show(true)
      })
    },
    end() {
      ended = true
      if (!stop) return
      stop()
      stop = undefined
      show(false)
    },
  }
}
