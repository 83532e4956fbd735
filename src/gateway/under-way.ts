import { tooBusy, tooManyAtOnce } from "./faults.ts"

/** Bytes of bodies held for requests under way, of all callers together. */
const mostBytes = 256_000_000

/** The requests under way: how many each caller has, and what their bodies weigh. */
export const createUnderWay = (most: () => number) => {
  const callers = new Map<string, number>()
  let bytes = 0
  return {
    /** Throws when the caller has as many as it may have. `done` is to be called once. */
    begin(caller: string) {
      const now = callers.get(caller) ?? 0
      if (now >= most()) throw tooManyAtOnce({ most: most() })
      callers.set(caller, now + 1)
      return () => {
        const left = callers.get(caller)! - 1
        if (left) callers.set(caller, left)
        else callers.delete(caller)
      }
    },
    /** Makes room for so many bytes more, or throws; gives them back with `release`. */
    hold(size: number) {
      if (bytes + size > mostBytes) throw tooBusy()
      bytes += size
    },
    release(size: number) {
      bytes -= size
    },
  }
}
export type UnderWay = ReturnType<typeof createUnderWay>
