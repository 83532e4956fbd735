interface Curve {
  firstMs: number
  mostMs: number
}

const curves = {
  gone: { firstMs: 1_000, mostMs: 300_000 },
  // Whoever else uses the account needs time to leave, and fighting over it helps neither.
  conflict: { firstMs: 60_000, mostMs: 900_000 },
} satisfies Record<string, Curve>

/** How long to wait after so many failures in a row; spread, so that many accounts do not knock at once. */
export const backoffMs = (why: keyof typeof curves, failures: number, random: number): number => {
  const { firstMs, mostMs } = curves[why]
  const ms = Math.min(mostMs, firstMs * 2 ** Math.min(20, Math.max(0, failures - 1)))
  return Math.round(ms * (0.75 + random / 2))
}
