import type { HealthSnapshot } from "../gateway/health.ts"
import type { StatusResult } from "../gateway/methods.ts"
import { printable } from "./printable.ts"

/** How a running gateway stands to its config file; versions differ in how much they tell. */
export type Followed = Partial<HealthSnapshot["config"]> | Partial<StatusResult["config"]>

/** What somebody should know of it; empty when all of the file is in force. */
export const describeFollowed = (config: Followed | undefined): string[] => {
  if (!config) return []
  const lines: string[] = []
  const since = "lastGoodAt" in config ? config.lastGoodAt : undefined
  if (since !== undefined)
    lines.push(`runs on the last good config, of ${new Date(since).toLocaleString("sv")}`)
  else if (config.valid === false)
    lines.push("the file cannot be used; what it said before is in force")
  if (config.secrets === "degraded")
    lines.push("a secret cannot be fetched; the one from before is in use (fased secrets audit)")
  const waits = Array.isArray(config.waits) ? config.waits : (config.waits ?? 0)
  const names = typeof waits === "number" ? "" : `: ${printable(waits.join(", "), 200)}`
  const count = typeof waits === "number" ? waits : waits.length
  if (count)
    lines.push(
      `${count} ${count === 1 ? "setting counts" : "settings count"} after a restart${names}`,
    )
  return lines
}
