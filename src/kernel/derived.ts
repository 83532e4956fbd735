/** Makes one thing from another, and makes it anew only once that is another one. */
export const derived = <F, T>(from: () => F, make: (from: F) => T): (() => T) => {
  let made: { from: F; value: T } | undefined
  return () => {
    const now = from()
    if (!made || made.from !== now) made = { from: now, value: make(now) }
    return made.value
  }
}
