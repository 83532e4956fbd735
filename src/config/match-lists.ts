import { isTree } from "./path.ts"

/**
 * Which entry of a stored list each entry of a list sent back was: the one of the same `id` or
 * `name`; else the one shown just so, in the same order; else the one between two that are known.
 * Undefined where that is not certain. `shown` has the list in each form that a client may have seen.
 */
export const matchLists = (
  sent: readonly unknown[],
  stored: readonly unknown[],
  shown: readonly (readonly unknown[])[],
): (number | undefined)[] => {
  const known = sent.map((entry, at) => {
    const identity = identityOf(entry)
    if (identity !== undefined) return byIdentity(identity, sent, stored)
    const places = placesOf(stored, (place) =>
      shown.some((list) => Bun.deepEquals(list[place], entry)),
    )
    const alike = placesOf(sent, (place) => Bun.deepEquals(sent[place], entry))
    return places.length === alike.length ? places[alike.indexOf(at)] : undefined
  })
  return known.map((match, at) => {
    if (match !== undefined || identityOf(sent[at]) !== undefined) return match
    const before = at === 0 ? -1 : known[at - 1]
    const after = at === sent.length - 1 ? stored.length : known[at + 1]
    const isBetween = before !== undefined && after !== undefined && after - before === 2
    return isBetween ? before + 1 : undefined
  })
}

const identityOf = (entry: unknown): string | undefined => {
  if (!isTree(entry)) return undefined
  const identity = entry.id ?? entry.name
  return typeof identity === "string" ? identity : undefined
}

const byIdentity = (identity: string, sent: readonly unknown[], stored: readonly unknown[]) => {
  const sameIn = (list: readonly unknown[]) =>
    placesOf(list, (place) => identityOf(list[place]) === identity)
  const [place, ...others] = sameIn(stored)
  return others.length || sameIn(sent).length > 1 ? undefined : place
}

const placesOf = (list: readonly unknown[], fits: (place: number) => boolean) =>
  [...list.keys()].filter(fits)
