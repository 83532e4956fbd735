import { useRef, useState } from "preact/hooks"
import { failureOf } from "./failure.ts"
import type { Failure } from "./failure.ts"

interface State<T> {
  isBusy: boolean
  /** What came of it the last time. */
  value?: T
  failure?: Failure
}

/** Something that takes a while: how it goes, what came of it, and a way to wait for it no longer. */
export const useUndertaking = <A extends unknown[], T>(run: (...args: A) => Promise<T>) => {
  const [state, setState] = useState<State<T>>({ isBusy: false })
  const latest = useRef(0)
  return {
    ...state,
    /** Resolves to what came of it; to undefined where it failed or was given up. */
    async start(...args: A): Promise<T | undefined> {
      const mine = ++latest.current
      setState(({ value }) => ({ isBusy: true, value }))
      try {
        const value = await run(...args)
        if (mine !== latest.current) return undefined
        setState({ isBusy: false, value })
        return value
      } catch (thrown) {
        if (mine === latest.current) setState({ isBusy: false, failure: failureOf(thrown) })
        return undefined
      }
    },
    giveUp() {
      latest.current++
      setState(({ value }) => ({ isBusy: false, value }))
    },
  }
}
