/** Given now, or made when it is first asked for. Schemas are: a start uses few of them. */
export type Later<T extends object> = T | (() => T)

/** Made when it is first asked for, and kept: what each call needs. */
export const madeOnce = <T extends object>(given: Later<T>): (() => T) => {
  let made: T | undefined
  return () => (made ??= give(given))
}

/**
 * Made when it is first asked for, and again once nobody has held it for a while. For schemas, never
 * for what keeps something: those of settings weigh megabytes, and are read by at a start and at a
 * change.
 */
export const onFirstUse = <T extends object>(given: Later<T>): (() => T) => {
  let made: WeakRef<T> | undefined
  return () => {
    const known = made?.deref()
    if (known) return known
    const fresh = give(given)
    made = new WeakRef(fresh)
    return fresh
  }
}

const give = <T extends object>(given: Later<T>) =>
  typeof given === "function" ? (given as () => T)() : given
