/** `950`, `12.3k`, `4.5M` */
export const tokens = (count: number): string => {
  if (count < 1000) return String(count)
  const [scaled, unit] = count < 999_500 ? [count / 1000, "k"] : [count / 1_000_000, "M"]
  return `${scaled < 99.95 ? scaled.toFixed(1).replace(/\.0$/, "") : Math.round(scaled)}${unit}`
}

/** `$12.30`; as many digits as a small amount needs. */
export const dollars = (usd: number): string => {
  if (usd === 0) return "$0.00"
  if (usd < 0.0001) return "<$0.0001"
  return `$${usd.toFixed(usd < 0.1 ? 4 : 2).replace(/(\.\d\d\d*?)0+$/, "$1")}`
}

export const fromMicros = (micros: number) => micros / 1_000_000

export const amount = (value: number, unit: "usd" | "tokens") =>
  unit === "usd" ? dollars(value) : `${tokens(value)} tokens`

/** `on 24 Nov at 00:00 (Europe/Berlin)` */
export const moment = (at: number, zone: string) => {
  const { day, month, hour, minute } = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  return `on ${day} ${month} at ${hour}:${minute} (${zone})`
}
