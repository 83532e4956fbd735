import type { Clock } from "../kernel/clock.ts"
import { auditSubsystem, type Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"

/** One decision about who may do what, for the record. Never holds a secret. */
export interface AuditRecord {
  /** `connect`, `http`, or the method that was called. */
  what: string
  verdict: "allow" | "deny"
  /** Stable code of what spoke against it, or of how an allowed call ended. */
  reason?: string
  who: {
    connection?: string
    role?: string
    device?: string
    /** The program, as it names itself. */
    client?: string
    /** The kind of credential it was known by, e.g. `device-token`. */
    by?: string
    /** Whom a proxy or the tailnet says it is. */
    user?: string
    /** The browser page it came from. */
    origin?: string
    /** The name it asked for, where that is not ours. */
    host?: string
  }
  /** The client's address as the gateway knows it. */
  from?: string
}

/** Writes decisions into the log, where they stay whatever its level. */
export interface Audit {
  record(decision: AuditRecord): void
}
export const Audit = service<Audit>("audit")

const windowMs = 60_000
/** Denials of one address that are told one by one in a minute; the rest are counted. */
const toldApart = 20
/** Addresses counted apart; a flood from more is counted as one. */
const addresses = 256

/** Keeps the trail. A flood of denials costs a line a minute, so that it cannot push out the rest. */
export const createAudit = ({ log, clock }: { log: Log; clock: Clock }) => {
  const lines = log.for(auditSubsystem)
  const denials = new Map<string, number>()

  const tellCounted = () => {
    for (const [from, count] of denials)
      if (count > toldApart)
        lines.warn("more was denied", { from, verdict: "deny", count: count - toldApart })
    denials.clear()
  }
  const stop = clock.every(windowMs, tellCounted)

  const countDenial = (address: string) => {
    const from = denials.has(address) || denials.size < addresses ? address : "many addresses"
    const count = (denials.get(from) ?? 0) + 1
    denials.set(from, count)
    return count
  }

  return {
    record({ verdict, ...decision }: AuditRecord) {
      if (verdict === "allow") lines.info("allowed", { verdict, ...decision })
      else if (countDenial(decision.from ?? "unknown") <= toldApart)
        lines.warn("denied", { verdict, ...decision })
    },
    close() {
      stop()
      tellCounted()
    },
  }
}
