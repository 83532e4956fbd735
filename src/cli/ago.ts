const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const

/** A span in its two largest units: `2 d 3 h`, `45 s`. */
export const span = (ms: number) => {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  const parts: string[] = []
  let left = ms
  for (const [unit, size] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count) parts.push(`${count} ${unit}`)
    else if (parts.length) break
    if (parts.length === 2) break
  }
  return parts.join(" ")
}

export const ago = (at: number, now: number) =>
  now - at < 5000 ? "just now" : `${span(now - at)} ago`
