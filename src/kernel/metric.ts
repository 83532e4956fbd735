import { type Needs, service, type Supplied } from "./service.ts"

interface Described {
  /** `fased_<what>_<unit>` */
  readonly name: string
  readonly help: string
  /** What it is told apart by; the values are few and never a person's words. */
  readonly labels: readonly string[]
}

/** Something counted from the start of the process on. */
export interface Counter extends Described {
  readonly kind: "counter"
}
export const counter = (declaration: Described): Counter => ({ kind: "counter", ...declaration })

/** How often something took how long, in seconds. */
export interface Histogram extends Described {
  readonly kind: "histogram"
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[]
}
export const histogram = (declaration: Omit<Histogram, "kind">): Histogram => ({
  kind: "histogram",
  ...declaration,
})

type Reading = number | readonly { labels: readonly string[]; value: number }[]

/** Something read at the moment it is asked for. */
export interface Gauge<N extends Needs = Needs> extends Described {
  readonly kind: "gauge"
  readonly needs: N
  /** A number, or one for each combination of label values. */
  read(supplied: Supplied<N>): Promise<Reading> | Reading
}
export const gauge = <const N extends Needs = {}>(
  declaration: Omit<Gauge<N>, "kind" | "needs" | "labels"> & {
    needs?: N
    labels?: readonly string[]
  },
): Gauge<N> => ({ kind: "gauge", needs: {} as N, labels: [], ...declaration })

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds gauges of every shape
export type AnyMetric = Counter | Histogram | Gauge<any>

/** Takes note of what happens. Label values stand in the order of the metric's labels. */
export interface Counts {
  add(counter: Counter, labels: readonly string[], by?: number): void
  took(histogram: Histogram, labels: readonly string[], seconds: number): void
}
export const Counts = service<Counts>("counts")
