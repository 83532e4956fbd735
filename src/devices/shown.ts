import * as z from "zod"
import type { Device } from "./device.ts"

/** A paired device as operators read it: what tokens it has, never one of them. */
export const pairedDevice = z.object({
  deviceId: z.string(),
  publicKey: z.string(),
  displayName: z.string().optional(),
  platform: z.string(),
  deviceFamily: z.string(),
  clientId: z.string(),
  clientMode: z.string(),
  roles: z.array(z.enum(["operator", "node"])),
  scopes: z.array(z.string()),
  approvedAtMs: z.int(),
  lastSeenAtMs: z.int(),
  tokens: z.array(
    z.object({
      role: z.enum(["operator", "node"]),
      scopes: z.array(z.string()),
      issuedAtMs: z.int(),
      revokedAtMs: z.int().optional(),
    }),
  ),
})
export type PairedDevice = z.infer<typeof pairedDevice>

const tokenSummary = ({ role, scopes, issuedAt, revokedAt }: Device) => ({
  role,
  scopes,
  issuedAtMs: issuedAt,
  revokedAtMs: revokedAt,
})

/** One entry per device, whatever its roles. */
export const shownDevices = (records: readonly Device[]): PairedDevice[] =>
  [...Map.groupBy(records, ({ deviceId }) => deviceId).values()].map((roles) => {
    const newest = roles.reduce((a, b) => (b.lastSeenAt > a.lastSeenAt ? b : a))
    const { deviceId, publicKey, displayName, platform, deviceFamily, clientId, clientMode } =
      newest
    return {
      deviceId,
      publicKey,
      displayName,
      platform,
      deviceFamily,
      clientId,
      clientMode,
      roles: roles.map(({ role }) => role),
      scopes: [...new Set(roles.flatMap(({ scopes }) => scopes))],
      approvedAtMs: Math.min(...roles.map(({ pairedAt }) => pairedAt)),
      lastSeenAtMs: newest.lastSeenAt,
      tokens: roles.map(tokenSummary),
    }
  })
