import type { Scope } from "../kernel/method.ts"
import type { Audit, AuditRecord } from "../security/trail.ts"
import type { Admission } from "./admission.ts"
import type { SocketData } from "./connections.ts"
import type { Request } from "./dispatch.ts"
import { missingScope, wrongRole } from "./faults.ts"
import type { HttpAuth } from "./http-auth.ts"
import type { Refusal } from "./refusal.ts"

/** What the gateway's own decisions look like on the audit trail. */

/** Calls that change how the gateway runs or who may use it leave a line each. */
export const isAudited = (scope: Scope) =>
  scope === "admin" || scope === "pairing" || scope === "approvals"

const notAllowed: ReadonlySet<string> = new Set([missingScope.code, wrongRole.code])

/** A call, and how it ended: `ok` or the code of its fault. */
export const callRecord = (
  { method, caller }: Pick<Request, "method" | "caller">,
  reason: string,
): AuditRecord => ({
  what: method,
  verdict: notAllowed.has(reason) ? "deny" : "allow",
  reason,
  who: {
    connection: caller.connection,
    role: caller.role,
    device: caller.deviceId,
    client: caller.clientId,
  },
  from: caller.ip,
})

export const admissionRecord = (
  { params, role, deviceId, method, user }: Admission,
  { id, remote, origin }: SocketData,
): AuditRecord => ({
  what: "connect",
  verdict: "allow",
  who: {
    connection: id,
    role,
    device: deviceId,
    client: params.client.id,
    by: method,
    ...(user && { user }),
    ...(origin && { origin }),
  },
  from: remote.address,
})

export const refusalRecord = (
  { code: reason }: Refusal,
  { id, remote, origin }: SocketData,
): AuditRecord => ({
  what: "connect",
  verdict: "deny",
  reason,
  who: { connection: id, ...(origin && { origin }) },
  from: remote.address,
})

/** The same judge of HTTP calls, each of whose verdicts leaves a line. */
export const audited =
  (identify: HttpAuth, audit: Audit): HttpAuth =>
  (request, visitor) => {
    const found = identify(request, visitor)
    const isRefused = "status" in found
    audit.record({
      what: `${request.method} ${new URL(request.url).pathname.slice(0, 200)}`,
      verdict: isRefused ? "deny" : "allow",
      reason: isRefused ? String(found.status) : "ok",
      who: {
        ...(!isRefused && { connection: found.connection, role: found.role }),
        ...(visitor.origin && { origin: visitor.origin }),
      },
      from: visitor.remote.address,
    })
    return found
  }
