/** Given now, or made when it is first asked for. Schemas are: a start uses few of them. */
export type Later<T extends object> = T | (() => T)

export const onFirstUse = <T extends object>(given: Later<T>): (() => T) => {
  let made: T | undefined
  return () => (made ??= typeof given === "function" ? (given as () => T)() : given)
}
