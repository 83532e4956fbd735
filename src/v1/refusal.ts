import type { Outcome } from "../agent/outcome.ts"
import { Fault, internalError } from "../kernel/fault.ts"
import type { Refused } from "../kernel/route.ts"

/** An error as clients of OpenAI's APIs read it (contract 04 §11). */
export const openAiError = ({ status, code, message, hint, param }: Refused) => ({
  error: {
    message: hint ? `${message} ${hint}` : message,
    type: typeOf(status),
    param: param ?? null,
    code: codes[code] ?? code,
  },
})

const typeOf = (status: number) => {
  if (status === 401) return "authentication_error"
  if (status === 403) return "permission_error"
  if (status === 429) return "rate_limited"
  return status < 500 ? "invalid_request_error" : "api_error"
}

/** The words that clients look for. */
const codes: Readonly<Record<string, string>> = {
  unauthorized: "invalid_api_key",
  "models.unknown": "model_not_found",
  "models.not-offered": "model_not_found",
  "v1.unknown-model": "model_not_found",
  "models.context-overflow": "context_length_exceeded",
  "models.rate-limited": "rate_limit_exceeded",
}

/** An error as a refusal. Anything but a fault is a bug, and says nothing of itself. */
export const refusedFor = (error: unknown): Refused => {
  if (!(error instanceof Fault))
    return { status: 500, code: "internal", message: internalError.message }
  const { retryAfterMs, details } = error.toWire()
  return {
    status: statusFor(error.code, error.status),
    code: error.code,
    message: error.message,
    hint: error.hint,
    ...retryAfter(retryAfterMs ?? (details as { retryAfterMs?: number }).retryAfterMs),
  }
}

/** How a turn failed. */
export const refusedForTurn = ({ error, errorStatus = 500 }: Outcome): Refused => {
  const { message = "", details, retryAfterMs } = error ?? {}
  const { code = "internal", hint, ...more } = (details ?? {}) as Details
  return {
    status: statusFor(code, errorStatus),
    code,
    message,
    hint,
    ...retryAfter(retryAfterMs ?? more.retryAfterMs),
  }
}

interface Details {
  code?: string
  hint?: string
  retryAfterMs?: number
}

/** What is wrong with the request itself is no fault of a server behind us. */
const statusFor = (code: string, status: number) =>
  code === "models.context-overflow" ? 400 : status

const retryAfter = (ms: number | undefined) =>
  ms === undefined ? {} : { headers: { "retry-after": String(Math.ceil(ms / 1000)) } }
