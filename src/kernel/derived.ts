/** Makes one thing from others, and makes it anew only once one of those is another. */
export const derived = <const F extends readonly unknown[], T>(
  from: () => F,
  make: (...from: F) => T,
): (() => T) => {
  let made: { from: F; value: T } | undefined
  return () => {
    const now = from()
    if (!made?.from.every((part, at) => part === now[at])) made = { from: now, value: make(...now) }
    return made.value
  }
}
