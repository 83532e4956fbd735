/** Moments and spans as people write them. */

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `20m`, `1h30m`; undefined when it is no span. */
export const spanOf = (text: string): number | undefined => {
  const written = text.trim().toLowerCase()
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw])\s*)+$/.test(written)) return undefined
  const parts = written.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)
  return Math.round(
    [...parts].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit as keyof typeof units], 0),
  )
}

const iso =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?(?:Z|[+-]\d{2}:?\d{2})?$/i

/** An ISO moment in milliseconds; one without a zone is UTC. Undefined when it is none. */
export const atOf = (text: string): number | undefined => {
  const written = text.trim()
  if (!iso.test(written)) return undefined
  const dated = written.length === 10 ? `${written}T00:00` : written.replace(" ", "T")
  const at = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(dated.slice(10)) ? dated : `${dated}Z`)
  return Number.isNaN(at) ? undefined : at
}
