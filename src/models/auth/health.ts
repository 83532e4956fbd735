import type { Profile } from "./profile.ts"
import { restsUntil } from "./profile.ts"

/** Where a sign-in stands (contract 03 §8). */
export type Health = "ok" | "expiring" | "refresh-required" | "expired" | "missing" | "static"

/** Credentials that run out within a day are worth a warning. */
export const warnAfterMs = 24 * 60 * 60 * 1000

/** Keys do not expire; tokens do, unless a refresh token stands behind them. */
export const healthOf = ({ credential, usage }: Profile, now: number): Health => {
  if (credential.type === "api_key")
    return credential.key?.trim() || credential.keyRef ? "static" : "missing"
  if (credential.type === "token" && !credential.token?.trim() && !credential.tokenRef)
    return "missing"
  if (usage.refreshFailed !== undefined) return "refresh-required"
  if (credential.type === "oauth" && credential.refresh) return "ok"
  if (credential.expires === undefined) return "static"
  if (credential.expires <= now) return "expired"
  return credential.expires - now <= warnAfterMs ? "expiring" : "ok"
}

/** Why a profile may not be used now, and until when. */
export const unusable = (profile: Profile, now: number) => {
  const until = restsUntil(profile, now)
  if (until === undefined) return undefined
  const { disabledUntil, disabledReason, cooldownReason } = profile.usage
  return disabledUntil === until
    ? { kind: "disabled" as const, until, reason: disabledReason }
    : { kind: "cooldown" as const, until, reason: cooldownReason }
}
