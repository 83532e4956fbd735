import { isTree } from "../config/path.ts"
import type { Output } from "./output.ts"
import { printable } from "./printable.ts"
import { columns, table } from "./table.ts"

const isScalar = (value: unknown) => value === null || typeof value !== "object"

const isList = (value: unknown) => Array.isArray(value) && value.some(isTree)
const hasList = (row: object) => Object.values(row).some(isList)

const show = (key: string, value: unknown): string => {
  if (value === undefined || value === null) return "none"
  if (typeof value === "number" && /(?:At|AtMs|^ts)$/.test(key) && value > 1e12)
    return new Date(value).toISOString().replace("T", " ").slice(0, 19)
  if (Array.isArray(value) && value.every(isScalar))
    return printable(value.join(", ") || "none", 120)
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value), 120)
}

/** Shows any method's result: lists of objects as tables, the rest as names and values. */
export const showResult = (out: Output, result: unknown) => {
  if (Array.isArray(result)) return showRows(out, result)
  if (!isTree(result)) return out.print(show("", result))
  const entries = Object.entries(result).filter(([, value]) => value !== undefined)
  const parts = entries.filter(([, v]) => isTree(v) || isList(v))
  const facts = entries.filter((entry) => !parts.includes(entry))
  const { width, paint } = out
  const rows = facts.map(([key, value]) => [[key, paint.muted] as const, show(key, value)])
  for (const line of columns(rows, { width })) out.print(line)
  for (const [at, [key, value]] of parts.entries()) {
    if (facts.length || at) out.print()
    if (facts.length || parts.length > 1) out.print(paint.heading(key))
    showResult(out, value)
  }
}

const showRows = (out: Output, rows: readonly unknown[]) => {
  const objects = rows.filter(isTree)
  if (!objects.length) {
    for (const row of rows) out.print(show("", row))
    if (!rows.length) out.print(out.paint.muted("none"))
    return
  }
  if (objects.some(hasList)) {
    for (const [at, row] of objects.entries()) {
      if (at) out.print()
      showResult(out, row)
    }
    return
  }
  // Plain values that most rows have make the columns; six are as many as can be read at a glance.
  const keys = [...new Set(objects.flatMap((row) => Object.keys(row)))]
    .filter((key) => objects.filter((row) => isScalar(row[key] ?? null)).length === objects.length)
    .filter((key) => objects.some((row) => row[key] !== undefined && row[key] !== null))
    .slice(0, 6)
  const cells = objects.map((row) => keys.map((key) => show(key, row[key] ?? "")))
  for (const line of table(keys, cells, { width: out.width, muted: out.paint.muted }))
    out.print(line)
}
