import { createHmac, hkdfSync, randomInt } from "node:crypto"
import { sameSecret } from "../secrets/compare.ts"
import type { Device } from "./device.ts"

/**
 * Device tokens are made from the instance's secret and the device's record, so none is stored:
 * another generation ends the old token, and every tab of one browser has the same.
 */
export const createTokens = (instanceSecret: string) => {
  const key = Buffer.from(hkdfSync("sha256", instanceSecret, "", "fased device token", 32))
  const tokenOf = ({ deviceId, role, generation }: Device) =>
    createHmac("sha256", key).update(`${deviceId}|${role}|${generation}`).digest("base64url")
  return {
    tokenOf,
    matches: (device: Device, token: string) =>
      device.revokedAt === undefined && sameSecret(tokenOf(device), token),
  }
}
export type Tokens = ReturnType<typeof createTokens>

/** By chance, so that a device that was removed and paired again does not get its old token back. */
export const newGeneration = () => randomInt(1, 2 ** 47)
