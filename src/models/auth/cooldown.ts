import type { Fault } from "../../kernel/fault.ts"
import type { Cooldowns } from "./config.ts"
import type { Usage } from "./profile.ts"

/** What kind of failure a call ended in (contract 17 §4). */
export type FailureClass =
  "auth" | "rate" | "overload" | "model-not-found" | "billing" | "timeout" | "format"

/** By the fault's code. What is not here is nothing another profile or model could mend. */
const classes: Readonly<Record<string, FailureClass>> = {
  "models.unauthorized": "auth",
  "models.forbidden": "auth",
  "models.not-connected": "auth",
  "models.sign-in-again": "auth",
  "models.unknown-profile": "auth",
  "models.rate-limited": "rate",
  "models.overloaded": "overload",
  "models.not-offered": "model-not-found",
  "models.unknown": "model-not-found",
  "models.out-of-credit": "billing",
  "models.timeout": "timeout",
  "models.unavailable": "timeout",
  "models.unreachable": "timeout",
  "models.private-address": "timeout",
  "models.cut-off": "timeout",
  "models.garbled": "format",
  "models.bad-request": "format",
}

export const failureClass = ({ code }: Pick<Fault, "code">): FailureClass | undefined =>
  Object.hasOwn(classes, code) ? classes[code] : undefined

/** In words for people. */
export const classWords: Readonly<Record<FailureClass, string>> = {
  auth: "refused the credential",
  rate: "rate limit",
  overload: "overloaded",
  "model-not-found": "no such model",
  billing: "no credit",
  timeout: "no answer",
  format: "would not take the request",
}

/** The same of a reason that was written down, perhaps by a version with other classes. */
export const wordsFor = (reason: string | undefined) =>
  reason && Object.hasOwn(classWords, reason) ? classWords[reason as FailureClass] : undefined

const minute = 60_000
const hour = 60 * minute
/** Rest after the first, second, third … failure in a row. */
const ladder = [minute, 5 * minute, 25 * minute, 60 * minute]
/** Nobody is taken at their word for longer. */
const longestAsked = 24 * hour

/** These keep their own books, or are not the profile's doing. */
const withoutRest: ReadonlySet<FailureClass> = new Set(["timeout", "format"])
const keepsOwnBooks: ReadonlySet<string> = new Set(["openrouter"])

export interface Failure {
  provider: string
  class: FailureClass
  at: number
  /** How long the provider asked us to stay away. */
  retryAfterMs?: number
}

/** A profile's record after one more failure. */
export const afterFailure = (before: Usage, failure: Failure, settings: Cooldowns): Usage => {
  const { provider, at } = failure
  if (withoutRest.has(failure.class) || keepsOwnBooks.has(provider)) return before
  const old = at - (before.lastFailureAt ?? -Infinity) > settings.failureWindowHours * hour
  const errorCount = (old ? 0 : before.errorCount) + 1
  const counted = { ...before, errorCount, lastFailureAt: at }
  if (failure.class === "billing") {
    const billingCount = (old ? 0 : before.billingCount) + 1
    const first = settings.billingBackoffHoursByProvider[provider] ?? settings.billingBackoffHours
    const hours = Math.min(first * 2 ** Math.min(billingCount - 1, 20), settings.billingMaxHours)
    const disabledUntil = at + hours * hour
    return { ...counted, billingCount, disabledUntil, disabledReason: "billing" }
  }
  const step = ladder[Math.min(errorCount, ladder.length) - 1]!
  const asked = Math.min(failure.retryAfterMs ?? 0, longestAsked)
  return {
    ...counted,
    billingCount: old ? 0 : before.billingCount,
    cooldownUntil: at + Math.max(step, asked),
    cooldownReason: failure.class,
  }
}

/** A profile's record after it answered. */
export const afterSuccess = ({ refreshFailed }: Usage, at: number): Usage => ({
  errorCount: 0,
  billingCount: 0,
  lastUsed: at,
  ...(refreshFailed !== undefined && { refreshFailed }),
})
