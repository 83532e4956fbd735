import { useState } from "preact/hooks"
import type { Gateway } from "./gateway.ts"
import { useResource } from "./resource.ts"
import type { Resource, ResourceOptions } from "./resource.ts"

interface Page<T> {
  rows: readonly T[]
  total: number
}
type ReadPage<T> = (page: { limit: number; offset: number }) => Promise<Page<T>>

const step = 50
/** As many as the gateway gives at once. */
const most = 200

/** The first `count` of a list that the gateway gives in pages. */
const firstOf = async <T>(count: number, read: ReadPage<T>): Promise<Page<T>> => {
  const rows: T[] = []
  for (;;) {
    const limit = Math.min(most, count - rows.length)
    const page = await read({ limit, offset: rows.length })
    rows.push(...page.rows)
    const { total } = page
    if (rows.length >= Math.min(count, total) || !page.rows.length) return { rows, total }
  }
}

interface Listing<T> {
  list: Resource<Page<T>>
  /** Reads further than so far. */
  more: () => void
}

/** The beginning of a long list, kept current as a whole however far it was read. */
export const useFirstOf = <T>(
  gateway: Gateway,
  read: ReadPage<T>,
  { of = [], ...options }: ResourceOptions,
): Listing<T> => {
  const [count, setCount] = useState(step)
  const list = useResource(gateway, () => firstOf(count, read), { ...options, of: [...of, count] })
  return { list, more: () => setCount(count + step) }
}
