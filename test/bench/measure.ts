export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!

export const quantile = (values: readonly number[], at: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))]!

/** Milliseconds that `work` takes. */
export const timed = async (work: () => unknown) => {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** Rows of cells in columns, the first one to the left. */
export const printTable = (rows: readonly (readonly string[])[]) => {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, at) => (at ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
        .join("  "),
    )
}
