interface Page<T> {
  rows: readonly T[]
  total: number
}

/** The first `count` of a list that the gateway gives in pages. */
export const firstOf = async <T>(
  count: number,
  most: number,
  read: (page: { limit: number; offset: number }) => Promise<Page<T>>,
): Promise<{ rows: T[]; total: number }> => {
  const rows: T[] = []
  for (;;) {
    const limit = Math.min(most, count - rows.length)
    const page = await read({ limit, offset: rows.length })
    rows.push(...page.rows)
    const { total } = page
    if (rows.length >= Math.min(count, total) || !page.rows.length) return { rows, total }
  }
}
