import { createHash, randomBytes } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Caller } from "../kernel/method.ts"
import { service } from "../kernel/service.ts"
import { guardGrant } from "./authority.ts"
import type { Device, DeviceRole, PairRequest, Wish } from "./device.ts"
import { isUnchanged, recordOf, union } from "./record.ts"
import type { DeviceStore } from "./store.ts"

/** The longest a code may be redeemed. */
export const codeTtlMs = 10 * 60_000

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex")

/** Bootstrap tokens: each lets one device in, once, for one role and no more than its scopes. */
export const createSetupCodes = ({ store, clock }: { store: DeviceStore; clock: Clock }) => ({
  async make(
    { role, scopes, ttlMs }: { role: DeviceRole; scopes: string[]; ttlMs: number },
    caller: Caller,
  ) {
    guardGrant(caller, { role, scopes })
    const token = randomBytes(32).toString("base64url")
    const now = clock.now()
    const expiresAt = now + Math.min(ttlMs, codeTtlMs)
    const made = { hash: hashOf(token), role, scopes, madeBy: caller.deviceId, expiresAt }
    await store.addCode(made, now)
    return { token, expiresAt }
  },

  /** Lets the device in that brings the token, or null: used up, too old, or made for something else. */
  redeem(token: string, wish: Wish): Promise<{ device: Device; request?: PairRequest } | null> {
    const at = clock.now()
    const { deviceId, role } = wish
    return store.redeem(hashOf(token), { deviceId, role, at }, (code, known) => {
      if (code.role !== role || !wish.scopes.every((scope) => code.scopes.includes(scope)))
        return null
      const before = known && isUnchanged(known, wish) ? known.scopes : []
      return recordOf({ ...wish, scopes: union(before, code.scopes) }, known, at)
    })
  },

  /** Whoever made them held a secret that is none any more. */
  endAll: () => store.endCodes(),
})
export type SetupCodes = ReturnType<typeof createSetupCodes>
export const SetupCodes = service<SetupCodes>("setup codes")
