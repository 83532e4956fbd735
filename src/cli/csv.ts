/** What a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r]/

/** One line of CSV. Text is quoted, and none of it is a formula to whoever opens it. */
export const csvLine = (cells: readonly (string | number | undefined)[]): string =>
  cells
    .map((cell) => {
      if (cell === undefined) return ""
      if (typeof cell === "number") return String(cell)
      const text = formula.test(cell) ? `'${cell}` : cell
      return `"${text.replaceAll('"', '""')}"`
    })
    .join(",")
