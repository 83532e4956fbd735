import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import type { Log } from "../kernel/log.ts"
import type { Caller } from "../kernel/method.ts"
import { service } from "../kernel/service.ts"
import { guardGrant } from "./authority.ts"
import type { Device, PairRequest, Wish } from "./device.ts"
import { nodePairRequested, nodePairResolved, pairRequested, pairResolved } from "./events.ts"
import { unknownRequest } from "./faults.ts"
import { covers, isUnchanged, recordOf, shownRequest, union } from "./record.ts"
import type { SetupCodes } from "./setup-codes.ts"
import type { DeviceStore } from "./store.ts"

const ttlMs = 5 * 60_000
/** More than this wait only in a flood: the newest stay, and who still waits knocks again. */
const mostPending = 100
const seenEveryMs = 60_000

/** How a device came to the door, its key proven. */
export interface Knock {
  /** Its record, if it is paired for this role. */
  known: Device | null
  /** It showed what is right by itself: its own token, or the gateway's secret. */
  trusted: boolean
  /** At this machine and with its secret: nobody has to approve themselves. */
  silently: boolean
  bootstrapToken?: string
}

export type Entry =
  | { device: Device; by: "record" | "setup-code" }
  | { requestId: string }
  /** Somebody said no to what it asked for last. */
  | { decision: "rejected" }
  | null

/** Who is let in, for what, and who said so (contract 02 §7.4). */
export const createPairing = (needs: {
  store: DeviceStore
  codes: SetupCodes
  bus: Bus
  clock: Clock
  log: Log
}) => {
  const { store, codes, bus, clock } = needs
  const log = needs.log.for("devices")
  let cancelExpiry: (() => void) | undefined
  /** Devices to be told, at their next knock, that they were turned away; until when. */
  const turnedAway = new Map<string, number>()

  const resolved = (
    { requestId, deviceId, role }: PairRequest,
    decision: "approved" | "rejected" | "expired",
  ) => {
    const ts = clock.now()
    bus.emit(pairResolved, { requestId, deviceId, decision, ts })
    if (role === "node") bus.emit(nodePairResolved, { requestId, nodeId: deviceId, decision, ts })
  }

  const requested = (request: PairRequest) => {
    const shown = shownRequest(request)
    bus.emit(pairRequested, shown)
    if (request.role !== "node") return
    const { requestId, deviceId: nodeId, displayName, platform, remoteIp, ts } = shown
    bus.emit(nodePairRequested, { requestId, nodeId, displayName, platform, remoteIp, ts })
  }

  const expire = async () => {
    for (const request of await store.expire(clock.now() - ttlMs, mostPending))
      resolved(request, "expired")
  }
  /** Looks once more when the newest request has had its time. */
  const expireLater = () => {
    cancelExpiry?.()
    cancelExpiry = clock.after(ttlMs + 1, () =>
      expire().catch((error: unknown) => log.error("old requests could not be dropped", { error })),
    )
  }

  /** Once: a device that knocks on by itself stops there, and a person may have it ask anew. */
  const hearsOfNo = (deviceId: string) => {
    const until = turnedAway.get(deviceId)
    turnedAway.delete(deviceId)
    return until !== undefined && clock.now() < until
  }

  const turnAway = (deviceId: string) => {
    const [oldest] = turnedAway.keys()
    if (oldest !== undefined && turnedAway.size >= mostPending) turnedAway.delete(oldest)
    turnedAway.set(deviceId, clock.now() + ttlMs)
  }

  /** Asks the operator to let a device in, or reminds of it. */
  const ask = async (wish: Wish, known: Device | null) => {
    await expire()
    const { request, isNew, replaced } = await store.request({
      ...wish,
      scopes: union(known?.scopes, wish.scopes),
      ...(known && !isUnchanged(known, wish) && { isRepair: true as const }),
      createdAt: clock.now(),
    })
    expireLater()
    if (replaced) resolved(replaced, "expired")
    if (isNew) requested(request)
    return { requestId: request.requestId }
  }

  /** Lets a paired device in. One whose token was revoked gets it anew: it came with the secret. */
  const readmit = async (known: Device, now: number) => {
    const { deviceId, role } = known
    if (known.revokedAt !== undefined)
      return store.update(deviceId, role, ({ revokedAt: _, ...device }) => ({
        ...device,
        issuedAt: now,
        lastSeenAt: now,
      }))
    if (now - known.lastSeenAt > seenEveryMs) await store.seen(deviceId, role, now)
    return known
  }

  return {
    /** Null: it brought nothing that counts, and may not even ask. */
    async admit(wish: Wish, knock: Knock): Promise<Entry> {
      const { known, trusted, silently, bootstrapToken } = knock
      const now = clock.now()
      if (trusted && known && covers(known, wish)) {
        const device = await readmit(known, now)
        if (device) return { device, by: "record" }
      }
      const redeemed = bootstrapToken ? await codes.redeem(bootstrapToken, wish) : null
      if (redeemed) {
        if (redeemed.request) resolved(redeemed.request, "approved")
        return { device: redeemed.device, by: "setup-code" }
      }
      if (!trusted) return null
      // Only a device nobody knows yet: more than it has now is for a person to decide.
      const introduced = silently ? await store.introduce(recordOf(wish, null, now)) : null
      if (introduced && covers(introduced, wish)) return { device: introduced, by: "record" }
      return hearsOfNo(wish.deviceId) ? { decision: "rejected" } : ask(wish, known)
    },

    async list() {
      await expire()
      return { pending: await store.requests(), paired: await store.list() }
    },

    async approve(requestId: string, caller: Caller) {
      await expire()
      const approved = await store.approve(requestId, (request, known) => {
        guardGrant(caller, request)
        return recordOf(request, known, clock.now())
      })
      if (!approved) throw unknownRequest({ requestId })
      resolved(approved.request, "approved")
      return approved.device
    },

    async reject(requestId: string) {
      await expire()
      const request = await store.drop(requestId)
      if (!request) throw unknownRequest({ requestId })
      turnAway(request.deviceId)
      resolved(request, "rejected")
      return request.deviceId
    },

    /** Forgets a device, and what it asked for meanwhile. */
    async remove(deviceId: string) {
      const { known, requests } = await store.remove(deviceId)
      for (const request of requests) resolved(request, "rejected")
      return known
    },

    close: () => cancelExpiry?.(),
  }
}
export type Pairing = ReturnType<typeof createPairing>
export const Pairing = service<Pairing>("pairing")
