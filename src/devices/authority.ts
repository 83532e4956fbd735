import type { Caller, Scope } from "../kernel/method.ts"
import { holds } from "../kernel/method.ts"
import type { Device } from "./device.ts"
import { beyondCaller, notYours } from "./faults.ts"

type Access = Pick<Device, "role" | "scopes">

/**
 * Throws when a caller would give away more than they hold. A node is no part of an operator's
 * scopes: agents act through it, so it takes an admin to let one in.
 */
export const guardGrant = (caller: Caller, { role, scopes }: Access) => {
  const missing = scopes.find(
    (scope) => !holds(caller.scopes, scope.replace("operator.", "") as Scope),
  )
  if (missing !== undefined) throw beyondCaller({ scope: missing })
  if (role === "node" && !holds(caller.scopes, "admin"))
    throw beyondCaller({ scope: "operator.admin" })
}

/** Throws when a paired device reaches for another one, or for its own other role, without being admin. */
export const guardOwn = (
  caller: Caller,
  { deviceId, role }: { deviceId: string; role?: string },
) => {
  if (caller.deviceId === undefined || holds(caller.scopes, "admin")) return
  if (caller.deviceId !== deviceId || (role ?? "operator") !== "operator") throw notYours()
}
