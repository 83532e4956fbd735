import type { WireError } from "../kernel/fault.ts"
import { closeCodes } from "../client/wire.ts"

/** A handshake that ends in a close: what the client reads, and the close frame. */
export interface Refusal {
  /** Stable; the same as `error.details.code`. */
  code: string
  error: WireError
  close: { code: number; reason: string }
}

interface Reason {
  code: string
  message: string
  /** Top-level wire code; default INVALID_REQUEST. */
  wire?: "INVALID_REQUEST" | "NOT_PAIRED" | "UNAVAILABLE"
  reason?: string
  next?:
    | "retry_with_device_token"
    | "update_auth_configuration"
    | "update_auth_credentials"
    | "wait_then_retry"
    | "review_auth_configuration"
  closeCode?: number
}

const unauthorized = (code: string, what: string, next: Reason["next"]): Reason => ({
  code,
  message: `unauthorized: ${what}`,
  next,
})
const device = (code: string, message: string, reason: string): Reason => ({
  code: `DEVICE_AUTH_${code}`,
  message,
  reason,
})

/** Everything a handshake can be refused for (contract 02 §7, §8). */
const reasons = {
  firstFrame: {
    code: "INVALID_HANDSHAKE",
    message: "invalid handshake: first request must be connect",
  },
  badParams: { code: "INVALID_CONNECT_PARAMS", message: "invalid connect params" },
  protocol: {
    code: "PROTOCOL_MISMATCH",
    message: "protocol mismatch",
    closeCode: closeCodes.protocolMismatch,
  },
  role: { code: "INVALID_ROLE", message: "invalid role" },
  origin: { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED", message: "origin not allowed" },
  deviceRequired: {
    code: "DEVICE_IDENTITY_REQUIRED",
    message: "device identity required",
    wire: "NOT_PAIRED",
  },
  uiDeviceRequired: {
    code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
    message: "device identity required (use https or localhost)",
    wire: "NOT_PAIRED",
  },
  nonceMissing: device("NONCE_REQUIRED", "device nonce required", "device-nonce-missing"),
  nonceMismatch: device("NONCE_MISMATCH", "device nonce mismatch", "device-nonce-mismatch"),
  signature: device("SIGNATURE_INVALID", "device signature invalid", "device-signature"),
  expired: device("SIGNATURE_EXPIRED", "device signature expired", "device-signature-stale"),
  deviceId: device("DEVICE_ID_MISMATCH", "device identity mismatch", "device-id-mismatch"),
  publicKey: device("PUBLIC_KEY_INVALID", "device public key invalid", "device-public-key"),
  tokenMissing: unauthorized(
    "AUTH_TOKEN_MISSING",
    "gateway token missing (fased dashboard shows it)",
    "update_auth_configuration",
  ),
  tokenMismatch: unauthorized(
    "AUTH_TOKEN_MISMATCH",
    "gateway token mismatch (set the one in gateway.auth.token)",
    "update_auth_credentials",
  ),
  passwordMissing: unauthorized(
    "AUTH_PASSWORD_MISSING",
    "gateway password missing",
    "update_auth_configuration",
  ),
  passwordMismatch: unauthorized(
    "AUTH_PASSWORD_MISMATCH",
    "gateway password mismatch",
    "update_auth_credentials",
  ),
  deviceTokenMismatch: unauthorized(
    "AUTH_DEVICE_TOKEN_MISMATCH",
    "device token mismatch (sign in with the gateway token)",
    "update_auth_credentials",
  ),
  bootstrapTokenInvalid: unauthorized(
    "AUTH_BOOTSTRAP_TOKEN_INVALID",
    "setup code used up, expired or not made for this (make another: fased qr)",
    "update_auth_credentials",
  ),
  tokenNotConfigured: unauthorized(
    "AUTH_TOKEN_NOT_CONFIGURED",
    "the gateway has no usable token (set gateway.auth.token)",
    "review_auth_configuration",
  ),
  passwordNotConfigured: unauthorized(
    "AUTH_PASSWORD_NOT_CONFIGURED",
    "the gateway has no usable password (set gateway.auth.password)",
    "review_auth_configuration",
  ),
  proxyNotConfigured: unauthorized(
    "AUTH_UNAUTHORIZED",
    "the gateway's trusted-proxy settings are not usable (fased doctor says why)",
    "review_auth_configuration",
  ),
  proxyUser: unauthorized(
    "AUTH_UNAUTHORIZED",
    "the proxy's sign-in does not count",
    "review_auth_configuration",
  ),
  tailscaleUserMissing: unauthorized(
    "AUTH_TAILSCALE_IDENTITY_MISSING",
    "Tailscale names no user (sign in with the gateway token)",
    "update_auth_configuration",
  ),
  tailscaleProxyMissing: unauthorized(
    "AUTH_TAILSCALE_PROXY_MISSING",
    "a Tailscale user counts only through tailscale serve on this machine",
    "review_auth_configuration",
  ),
  tailscaleWhoisFailed: unauthorized(
    "AUTH_TAILSCALE_WHOIS_FAILED",
    "tailscale whois does not know this address (is tailscaled running?)",
    "review_auth_configuration",
  ),
  tailscaleUserMismatch: unauthorized(
    "AUTH_TAILSCALE_IDENTITY_MISMATCH",
    "tailscale whois says it is somebody else",
    "review_auth_configuration",
  ),
  rateLimited: {
    code: "AUTH_RATE_LIMITED",
    message: "unauthorized: too many wrong attempts, wait and try again",
    wire: "UNAVAILABLE",
    next: "wait_then_retry",
  },
  pairing: { code: "PAIRING_REQUIRED", message: "pairing required", wire: "NOT_PAIRED" },
  draining: {
    code: "GATEWAY_DRAINING",
    message: "the gateway is shutting down",
    wire: "UNAVAILABLE",
    next: "wait_then_retry",
    closeCode: closeCodes.restart,
  },
  timeout: { code: "HANDSHAKE_TIMEOUT", message: "handshake timeout" },
  tooBig: {
    code: "FRAME_TOO_BIG",
    message: "frame too large before sign-in (64 KiB at most)",
    closeCode: closeCodes.tooBig,
  },
} satisfies Record<string, Reason>

export type RefusalReason = keyof typeof reasons

export const refuse = (
  reason: RefusalReason,
  more: { issue?: string; details?: object; retryAfterMs?: number } = {},
): Refusal => {
  const found: Reason = reasons[reason]
  const message = more.issue ? `${found.message}: ${more.issue}` : found.message
  return {
    code: found.code,
    error: {
      code: found.wire ?? "INVALID_REQUEST",
      message,
      details: {
        code: found.code,
        ...(found.reason && { reason: found.reason }),
        ...(found.next && { recommendedNextStep: found.next }),
        ...more.details,
      },
      ...(found.wire === "UNAVAILABLE" && { retryable: true }),
      ...(more.retryAfterMs !== undefined && { retryAfterMs: more.retryAfterMs }),
    },
    close: { code: found.closeCode ?? closeCodes.policy, reason: closeReason(message) },
  }
}

/** A close frame holds 123 bytes of reason, cut between characters. */
const closeReason = (text: string) => {
  const bytes = Buffer.from(text)
  if (bytes.length <= 123) return text
  let end = 123
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString("utf8", 0, end)
}
