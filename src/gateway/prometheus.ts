import type { AnyMetric, Counter, Counts, Histogram } from "../kernel/metric.ts"
import type { Services } from "../kernel/service.ts"

interface Timed {
  /** How many fell into each bucket, and into none. */
  buckets: number[]
  sum: number
  count: number
}

const mostSeries = 1000

/** Counts in memory, and tells them in Prometheus' text format. */
export const createMetrics = (metrics: readonly AnyMetric[]) => {
  const counted = new Map<Counter, Map<string, number>>()
  const timed = new Map<Histogram, Map<string, Timed>>()

  /** One series more, unless there are too many: a label that grows must not fill the memory. */
  const seriesOf = (values: Map<string, unknown>, labels: readonly string[]) => {
    const key = labels.join("\0")
    return values.has(key) || values.size < mostSeries ? key : labels.map(() => "other").join("\0")
  }

  const counts: Counts = {
    add(counter, labels, by = 1) {
      const values = counted.getOrInsertComputed(counter, () => new Map())
      const key = seriesOf(values, labels)
      values.set(key, (values.get(key) ?? 0) + by)
    },
    took(histogram, labels, seconds) {
      const values = timed.getOrInsertComputed(histogram, () => new Map())
      const one = values.getOrInsertComputed(seriesOf(values, labels), () => ({
        buckets: histogram.buckets.map(() => 0),
        sum: 0,
        count: 0,
      }))
      const at = histogram.buckets.findIndex((bound) => seconds <= bound)
      if (at >= 0) one.buckets[at]!++
      one.sum += seconds
      one.count++
    },
  }

  const linesOf = async (metric: AnyMetric, services: Services): Promise<string[]> => {
    const { name, labels } = metric
    const line = (values: readonly string[], value: number, suffix = "", more: string[] = []) => {
      const all = [...labels.map((label, at) => pair(label, values[at] ?? "")), ...more]
      return `${name}${suffix}${all.length ? `{${all.join(",")}}` : ""} ${value}`
    }
    if (metric.kind === "counter")
      return [...(counted.get(metric) ?? [])].map(([key, value]) => line(split(key), value))
    if (metric.kind === "histogram")
      return [...(timed.get(metric) ?? [])].flatMap(([key, { buckets, sum, count }]) => {
        let below = 0
        const bounds = metric.buckets.map((bound, at) =>
          line(split(key), (below += buckets[at]!), "_bucket", [pair("le", String(bound))]),
        )
        return [
          ...bounds,
          line(split(key), count, "_bucket", [pair("le", "+Inf")]),
          line(split(key), sum, "_sum"),
          line(split(key), count, "_count"),
        ]
      })
    const read = await metric.read(services.supply(metric.needs))
    return typeof read === "number"
      ? [line([], read)]
      : read.map(({ labels, value }) => line(labels, value))
  }

  return {
    counts,
    async text(services: Services): Promise<string> {
      const parts = await Promise.all(
        metrics.map(async (metric) => [
          `# HELP ${metric.name} ${metric.help}`,
          `# TYPE ${metric.name} ${metric.kind}`,
          ...(await linesOf(metric, services)),
        ]),
      )
      return `${parts.flat().join("\n")}\n`
    },
  }
}

const split = (key: string) => key.split("\0")
const pair = (label: string, value: string) =>
  `${label}="${value.replace(/[\\"\n]/g, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`))}"`
