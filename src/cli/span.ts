import { usage } from "./faults.ts"
import { printable } from "./printable.ts"

const sizes = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of a span as people write it: `30m`, `12h`. A number alone is of the unit `bare`. */
export const spanMs = (
  flag: string,
  text: string | undefined,
  { bare, maxMs = Infinity }: { bare: keyof typeof sizes; maxMs?: number },
): number | undefined => {
  if (text === undefined) return undefined
  const [, amount, unit = bare] = /^(\d{1,8})(ms|[smhd])?$/.exec(text.trim()) ?? []
  const ms = Number(amount) * sizes[unit as keyof typeof sizes]
  if (ms <= maxMs) return ms
  throw usage({
    problem: `${flag} cannot be "${printable(text, 40)}".`,
    hint: `It is a span of time such as 10s, 30m or 7d${maxMs < Infinity ? `, at most ${maxMs / 1000}s` : ""}.`,
  })
}
