import type { ComponentChildren } from "preact"
import { useLayoutEffect, useRef, useState } from "preact/hooks"

export interface Column<T> {
  title: string
  /** Shown in the row. The first column names the row. */
  cell: (row: T) => ComponentChildren
  /** Left out on narrow screens. */
  isMinor?: true
  align?: "end"
}

interface Props<T> {
  /** What the table lists, for those who cannot see it. */
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
  /** How many rows there are, where they have not all been read. */
  total?: number
  /** The end of the rows is near: read more of them, where there are more. */
  onEnd?: () => void
}

const rowPx = 44
const overscan = 12
/** Up to here every row is there, for the browser's own search. */
const small = 200

/** A table of any length: of a long one only the rows in sight are elements. */
export const Table = <T,>({
  label,
  columns,
  rows,
  keyOf,
  total = rows.length,
  onEnd,
}: Props<T>) => {
  const box = useRef<HTMLDivElement>(null)
  const [sight, setSight] = useState({ top: 0, height: 0 })
  const isLong = Math.max(rows.length, total) > small

  const look = () => {
    const { current } = box
    if (!current) return
    setSight({ top: current.scrollTop, height: current.clientHeight })
    if (current.scrollHeight - current.scrollTop - current.clientHeight < 20 * rowPx) onEnd?.()
  }
  useLayoutEffect(look, [rows.length])

  const from = isLong ? Math.max(0, Math.floor(sight.top / rowPx) - overscan) : 0
  const to = isLong
    ? Math.min(rows.length, Math.ceil((sight.top + sight.height) / rowPx) + overscan)
    : rows.length

  return (
    <div
      class={isLong ? "table-box long" : "table-box"}
      ref={box}
      onScroll={look}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table class="table" aria-rowcount={Math.max(rows.length, total) + 1}>
        <thead>
          <tr>
            {columns.map(({ title, isMinor, align }) => (
              <th key={title} scope="col" class={styleOf(isMinor, align)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={from} />
          {rows.slice(from, to).map((row, at) => (
            <tr key={keyOf(row)} aria-rowindex={from + at + 2}>
              {columns.map(({ title, cell, isMinor, align }, column) =>
                column === 0 ? (
                  <th key={title} scope="row" class={styleOf(isMinor, align)}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={title} class={styleOf(isMinor, align)}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
          <Gap rows={rows.length - to} />
        </tbody>
      </table>
    </div>
  )
}

const styleOf = (isMinor?: true, align?: "end") =>
  [isMinor && "minor", align].filter(Boolean).join(" ") || undefined

/** Room for the rows that are not there. */
const Gap = ({ rows }: { rows: number }) =>
  rows > 0 ? <tr class="gap" aria-hidden="true" style={{ height: `${rows * rowPx}px` }} /> : null
