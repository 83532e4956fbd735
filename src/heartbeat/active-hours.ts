import type { HeartbeatSettings } from "../agents/heartbeat.ts"

/** Within these hours, the start counted in and the end not. The same hour twice is never. */
export const isActive = (
  hours: HeartbeatSettings["activeHours"],
  now: number,
  zones: { user: string; local: string },
): boolean => {
  if (!hours) return true
  const { start, end } = hours
  const at = timeIn(zoneOf(hours.timezone, zones), now)
  if (start === end) return false
  return start < end ? at >= start && at < end : at >= start || at < end
}

const zoneOf = (written: string, { user, local }: { user: string; local: string }) => {
  if (written === "user") return user
  if (written === "local") return local
  try {
    Intl.DateTimeFormat("en", { timeZone: written })
    return written
  } catch {
    return user
  }
}

/** `HH:MM` there. */
const timeIn = (zone: string, now: number) =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(now)
