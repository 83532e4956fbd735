import { useId, useRef } from "preact/hooks"
import { useWidth } from "../../parts/use-width.ts"
import { Figures } from "./figures.tsx"
import type { Row } from "./figures.tsx"
import { inWords, valueOf } from "./measure.ts"
import type { Measure } from "./measure.ts"

const rowPx = 40
const most = 8

interface Props {
  title: string
  /** What a row is: `Model`. */
  name: string
  rows: readonly Row[]
  measure: Measure
}

/** What each of a few used, the most first. */
export const ShareChart = ({ title, name, rows, measure }: Props) => {
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const sorted = rows.toSorted((a, b) => valueOf(b.totals, measure) - valueOf(a.totals, measure))
  const shown = sorted.slice(0, most)
  const top = shown[0] && valueOf(shown[0].totals, measure)
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <figure class="chart">
        <div ref={box} class="chart-box">
          {width > 0 && shown.length > 0 && (
            <svg
              width={width}
              height={shown.length * rowPx}
              role="img"
              aria-label={`${title}: ${shown
                .map((row) => `${row.name} ${inWords(valueOf(row.totals, measure), measure)}`)
                .join(", ")}.`}
            >
              {shown.map((row, at) => {
                const value = valueOf(row.totals, measure)
                return (
                  <g key={row.name} transform={`translate(0 ${at * rowPx})`}>
                    <text class="chart-name" x={0} y={14}>
                      {shortened(row.name, width - 90)}
                    </text>
                    <text class="chart-value" x={width} y={14} text-anchor="end">
                      {inWords(value, measure)}
                    </text>
                    <rect class="chart-track" x={0} y={21} width={width} height={6} rx={3} />
                    {value > 0 && (
                      <rect
                        class="part-output"
                        x={0}
                        y={21}
                        width={Math.max(3, (value / top!) * width)}
                        height={6}
                        rx={3}
                      />
                    )}
                  </g>
                )
              })}
            </svg>
          )}
        </div>
        <Figures label={title} name={name} rows={sorted} />
      </figure>
    </section>
  )
}

/** SVG does not cut text off by itself. */
const shortened = (text: string, px: number) => {
  const fits = Math.max(6, Math.floor(px / 7))
  return text.length > fits ? `${text.slice(0, fits - 1)}…` : text
}
