import type { Device, PairRequest, SetupCode } from "./device.ts"

export interface DeviceRow extends Omit<Device, "scopes" | "displayName" | "revokedAt"> {
  scopes: string
  displayName: string | null
  revokedAt: number | null
}
export const toDevice = ({ scopes, displayName, revokedAt, ...row }: DeviceRow): Device => ({
  ...row,
  scopes: JSON.parse(scopes) as string[],
  ...(displayName !== null && { displayName }),
  ...(revokedAt !== null && { revokedAt }),
})

export interface CodeRow extends Omit<SetupCode, "scopes" | "madeBy"> {
  scopes: string
  madeBy: string | null
}
export const toCode = ({ scopes, madeBy, ...row }: CodeRow): SetupCode => ({
  ...row,
  scopes: JSON.parse(scopes) as string[],
  ...(madeBy !== null && { madeBy }),
})

export interface RequestRow {
  request: string
}
export const toRequest = ({ request }: RequestRow) => JSON.parse(request) as PairRequest

export const deviceColumns = `device_id AS deviceId, role, public_key AS publicKey, scopes, platform,
  device_family AS deviceFamily, generation, issued_at AS issuedAt, last_seen_at AS lastSeenAt,
  display_name AS displayName, client_id AS clientId, client_mode AS clientMode,
  paired_at AS pairedAt, revoked_at AS revokedAt`
