import type { Device, PairRequest, Wish } from "./device.ts"
import { newGeneration } from "./tokens.ts"

export const union = (some: readonly string[] = [], more: readonly string[]) => [
  ...new Set([...some, ...more]),
]

/** It says of itself what it said when it was paired. */
export const isUnchanged = (known: Device, wish: Wish) =>
  known.publicKey === wish.publicKey &&
  known.platform === wish.platform &&
  known.deviceFamily === wish.deviceFamily

/** What was approved includes all that is asked for. */
export const covers = (known: Device, wish: Wish) =>
  isUnchanged(known, wish) && wish.scopes.every((scope) => known.scopes.includes(scope))

/** The record that grants a wish. A device that had a token keeps it. */
export const recordOf = (wish: Wish, known: Device | null, now: number): Device => ({
  deviceId: wish.deviceId,
  role: wish.role,
  publicKey: wish.publicKey,
  scopes: wish.scopes,
  platform: wish.platform,
  deviceFamily: wish.deviceFamily,
  displayName: wish.displayName,
  clientId: wish.clientId,
  clientMode: wish.clientMode,
  generation: known?.generation ?? newGeneration(),
  pairedAt: known?.pairedAt ?? now,
  issuedAt: now,
  lastSeenAt: now,
})

/** As operators read it. */
export const shownRequest = ({ createdAt, ...request }: PairRequest) => ({
  ...request,
  ts: createdAt,
})
