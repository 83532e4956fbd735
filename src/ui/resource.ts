import { useCallback, useEffect, useRef, useState } from "preact/hooks"
import { failureOf } from "./failure.ts"
import type { Failure } from "./failure.ts"
import type { Gateway } from "./gateway.ts"
import type { EventName } from "./methods.ts"

export interface Resource<T> {
  /** Undefined until it arrived for the first time. */
  value: T | undefined
  /** Why the newest reading failed; what was read before stays. */
  failure: Failure | undefined
  isLoading: boolean
  reload: () => void
}

export interface ResourceOptions {
  /** Events after which it is another. */
  events?: readonly EventName[]
  /** What it is read with: when one of these changes, it is read anew. */
  of?: readonly unknown[]
}

/**
 * Something the gateway knows, read when the page opens and again whenever an event, a gap or a new
 * connection says that it may have changed. Events during a reading lead to one more, not to many.
 */
export const useResource = <T>(
  gateway: Gateway,
  read: () => Promise<T>,
  { events = [], of = [] }: ResourceOptions = {},
): Resource<T> => {
  const [state, setState] = useState<Omit<Resource<T>, "reload">>({
    value: undefined,
    failure: undefined,
    isLoading: true,
  })
  const reading = useRef({ underWay: false, again: false, read })
  reading.current.read = read

  const reload = useCallback(() => {
    const now = reading.current
    if (now.underWay) return void (now.again = true)
    now.underWay = true
    setState((before) => ({ ...before, isLoading: true }))
    const ended = (next: (before: Omit<Resource<T>, "reload">) => Omit<Resource<T>, "reload">) => {
      now.underWay = false
      if (reading.current !== now) return
      if (now.again) {
        now.again = false
        return reload()
      }
      setState(next)
    }
    now.read().then(
      (value) => ended(() => ({ value, failure: undefined, isLoading: false })),
      (thrown: unknown) =>
        ended(({ value }) => ({ value, failure: failureOf(thrown), isLoading: false })),
    )
  }, of)

  useEffect(() => {
    const ends = [gateway.onFresh(reload), ...events.map((name) => gateway.on(name, reload))]
    return () => {
      for (const end of ends) end()
      // What is still under way belongs to what was asked for before.
      reading.current = { underWay: false, again: false, read: reading.current.read }
    }
  }, [gateway, reload])

  return { ...state, reload }
}

/** Does something whenever what is shown may be stale; at once when the page is connected already. */
export const useFresh = (gateway: Gateway, act: () => void) => {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => gateway.onFresh(() => latest.current()), [gateway])
}
