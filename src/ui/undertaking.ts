import { useRef, useState } from "preact/hooks"
import { failureOf } from "./failure.ts"
import type { Failure } from "./failure.ts"

interface State<T> {
  isBusy: boolean
  /** What came of it the last time. */
  value?: T
  failure?: Failure
}

/**
 * Something that takes a while: how it goes, what came of it, and a way to give it up. What it calls
 * with the signal it is given stops at the gateway, too.
 */
export const useUndertaking = <A extends unknown[], T>(
  run: (signal: AbortSignal, ...args: A) => Promise<T>,
) => {
  const [state, setState] = useState<State<T>>({ isBusy: false })
  const latest = useRef<AbortController>(undefined)
  return {
    ...state,
    /** Resolves to what came of it; to undefined where it failed or was given up. */
    async start(...args: A): Promise<T | undefined> {
      latest.current?.abort()
      const mine = (latest.current = new AbortController())
      setState(({ value }) => ({ isBusy: true, value }))
      try {
        const value = await run(mine.signal, ...args)
        if (mine.signal.aborted) return undefined
        setState({ isBusy: false, value })
        return value
      } catch (thrown) {
        if (!mine.signal.aborted) setState({ isBusy: false, failure: failureOf(thrown) })
        return undefined
      }
    },
    giveUp() {
      latest.current?.abort()
      setState(({ value }) => ({ isBusy: false, value }))
    },
  }
}
