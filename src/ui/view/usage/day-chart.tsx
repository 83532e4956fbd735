import { useRef } from "preact/hooks"
import { useWidth } from "../../parts/use-width.ts"
import { Figures } from "./figures.tsx"
import { dayName, inWords, stepsTo, tokenParts, valueOf } from "./measure.ts"
import type { Measure, Report } from "./measure.ts"

const height = 200
const base = height - 22
const left = 48
const dayLabelPx = 64

type Day = Report["aggregates"]["daily"][number]

/** From the bottom to the top; a cost is not told apart by what was paid for. */
const partsOf = (day: Day, measure: Measure) =>
  measure === "cost"
    ? [{ key: "output", value: day.totalCost }]
    : tokenParts.map(({ key }) => ({ key, value: day[key] }))

/** What each day used, a bar each. */
export const DayChart = ({ days, measure }: { days: readonly Day[]; measure: Measure }) => {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const values = days.map((day) => valueOf(day, measure))
  const most = Math.max(...values, 0)
  const steps = stepsTo(most)
  const scale = most > 0 ? (base - 12) / most : 0
  const room = Math.max(0, width - left) / Math.max(1, days.length)
  const every = Math.max(1, Math.ceil(dayLabelPx / Math.max(1, room)))
  const word = measure === "cost" ? "cost" : "tokens"
  const best = days[values.indexOf(most)]
  return (
    <figure class="chart">
      <div ref={box} class="chart-box">
        {width > 0 && (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={
              best && most > 0
                ? `Bars of the ${word} of each day, the most on ${dayName(best.date)} with ${inWords(most, measure)}.`
                : `No ${word} in these days.`
            }
          >
            {steps.map((step) => (
              <g key={step} class="chart-step">
                <line x1={left} x2={width} y1={base - step * scale} y2={base - step * scale} />
                <text x={left - 8} y={base - step * scale + 4} text-anchor="end">
                  {inWords(step, measure)}
                </text>
              </g>
            ))}
            <line class="chart-base" x1={left} x2={width} y1={base} y2={base} />
            {days.map((day, at) => {
              const x = left + at * room
              const gap = Math.min(6, room * 0.25)
              let y = base
              return (
                <g key={day.date} class="chart-day">
                  <title>{`${dayName(day.date)}: ${inWords(values[at]!, measure)} in ${day.calls} calls`}</title>
                  <rect class="chart-ground" x={x} y={0} width={room} height={base} />
                  {partsOf(day, measure).map(({ key, value }) => {
                    const tall = value * scale
                    y -= tall
                    return (
                      tall > 0 && (
                        <rect
                          key={key}
                          class={`part-${key}`}
                          x={x + gap / 2}
                          y={y}
                          width={Math.max(1, room - gap)}
                          height={tall}
                        />
                      )
                    )
                  })}
                  {(days.length - 1 - at) % every === 0 && (
                    <text
                      x={Math.min(x + room / 2, width - 20)}
                      y={height - 6}
                      text-anchor="middle"
                    >
                      {dayName(day.date)}
                    </text>
                  )}
                </g>
              )
            })}
          </svg>
        )}
      </div>
      {measure === "tokens" && (
        <figcaption class="legend">
          {tokenParts.toReversed().map(({ key, label }) => (
            <span key={key}>
              <i class={`part-${key}`} />
              {label}
            </span>
          ))}
        </figcaption>
      )}
      <Figures
        label="Usage of each day"
        name="Day"
        rows={days.toReversed().map((day) => ({ name: day.date, totals: day }))}
      />
    </figure>
  )
}
