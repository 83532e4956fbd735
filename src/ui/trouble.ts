import type { WireError } from "../kernel/fault.ts"

/** Why there is no connection, and what a person can do about it. */
export interface Trouble {
  title: string
  text: string
  /** To run on the machine the gateway is on. */
  command?: string
  /** `retry`: the page tries again by itself · `token`, `password`: it needs one · `person`: something must change first. */
  remedy: "retry" | "token" | "password" | "person"
  /** The gateway's own word on when to try again. */
  retryAfterMs?: number
}

export interface Ending {
  /** The gateway's refusal of `connect`, when it gave one. */
  error?: WireError
  code: number
  reason: string
  /** The connection had been up before it ended. */
  wasOpen: boolean
  /** What a `shutdown` event announced. */
  restartExpectedMs?: number
  stopping?: boolean
}

const needsToken: Trouble = {
  title: "Connect to your gateway",
  text: "This page needs the gateway's token once. Run this where the gateway runs and open the link it prints, or paste the token here.",
  command: "fased dashboard",
  remedy: "token",
}

export const wrongToken: Trouble = {
  ...needsToken,
  title: "That token was not accepted",
  text: "The gateway's token may have changed. Run this where the gateway runs for a fresh link, or paste the current token.",
}

const needsPassword: Trouble = {
  title: "Connect to your gateway",
  text: "This gateway is protected by a password. It is kept in memory only, until you close this tab.",
  remedy: "password",
}

const insecure: Trouble = {
  title: "This page needs a secure address",
  text: "Browsers only let a page prove who it is over https or on localhost. Open a tunnel to the gateway's machine, then go to http://localhost:18789, or put the gateway behind https. If the address is secure already, this browser is too old: update it.",
  command: "ssh -N -L 18789:127.0.0.1:18789 user@gateway-host",
  remedy: "person",
}

const unpaired = (requestId: unknown): Trouble => ({
  title: "Approve this browser",
  text: "The gateway does not know this browser yet. Approve it where the gateway runs; this page continues by itself.",
  command:
    typeof requestId === "string" ? `fased devices approve ${requestId}` : "fased devices list",
  remedy: "retry",
  retryAfterMs: 3000,
})

const turnedAway: Trouble = {
  title: "This browser was turned away",
  text: "Whoever looks after the gateway said no to it. If that was a mistake, have it ask once more; the request shows on the Devices page and in the list of this command.",
  command: "fased devices list",
  remedy: "person",
}

const foreignOrigin = (origin: string): Trouble => ({
  title: "This address is not on the gateway's list",
  text: `The gateway does not accept browsers that come from ${origin}. Allow the address where the gateway runs, then reload.`,
  command: `fased config set gateway.controlUi.allowedOrigins '["${origin}"]'`,
  remedy: "person",
})

const limited = (error: WireError): Trouble => ({
  title: "Too many attempts",
  text: "The gateway is not taking sign-ins from here for a while. This page tries again when it may.",
  remedy: "retry",
  retryAfterMs: error.retryAfterMs ?? 60_000,
})

const refusals: Record<string, (error: WireError, origin: string) => Trouble> = {
  AUTH_REQUIRED: () => needsToken,
  AUTH_TOKEN_MISSING: () => needsToken,
  AUTH_TOKEN_MISMATCH: () => wrongToken,
  AUTH_UNAUTHORIZED: () => wrongToken,
  AUTH_DEVICE_TOKEN_MISMATCH: () => needsToken,
  AUTH_TOKEN_NOT_CONFIGURED: () => ({
    title: "The gateway has no token",
    text: "It refuses everyone until it has one. Run this where the gateway runs; it shows what it would change first.",
    command: "fased doctor --fix",
    remedy: "person",
  }),
  AUTH_PASSWORD_MISSING: () => needsPassword,
  AUTH_PASSWORD_MISMATCH: () => ({
    ...needsPassword,
    title: "That password was not accepted",
    text: "Try it once more. It is kept in memory only, until you close this tab.",
  }),
  AUTH_RATE_LIMITED: limited,
  PAIRING_REQUIRED({ details }) {
    const { requestId, decision } = details as { requestId?: unknown; decision?: unknown }
    return decision === "rejected" ? turnedAway : unpaired(requestId)
  },
  CONTROL_UI_ORIGIN_NOT_ALLOWED: (_, origin) => foreignOrigin(origin),
  CONTROL_UI_DEVICE_IDENTITY_REQUIRED: () => insecure,
  DEVICE_IDENTITY_REQUIRED: () => insecure,
}

const away: Record<"restarting" | "stopped" | "lost" | "silent", Trouble> = {
  restarting: {
    title: "The gateway is restarting",
    text: "This page reconnects when it is back. Your draft is safe.",
    remedy: "retry",
  },
  stopped: {
    title: "The gateway was stopped",
    text: "Your draft is safe, and this page reconnects when it is running again. To start it:",
    command: "fased start",
    remedy: "retry",
  },
  lost: {
    title: "The connection was lost",
    text: "This page is reconnecting. Your draft is safe.",
    remedy: "retry",
  },
  silent: {
    title: "The gateway is not answering",
    text: "It may be stopped, or the network may be down. This page keeps trying. To look at it, run this where the gateway runs.",
    command: "fased gateway status",
    remedy: "retry",
  },
}

/** Names what ended a connection, or kept it from starting. */
export const troubleOf = (ending: Ending, origin: string): Trouble => {
  const { error, code, reason, wasOpen } = ending
  if (error) {
    const { code: detail, hint } = (error.details ?? {}) as { code?: string; hint?: string }
    const known = detail ? refusals[detail] : undefined
    if (known) return known(error, origin)
    if (error.retryable || code === 1013)
      return { ...away.silent, title: "The gateway is not ready", retryAfterMs: error.retryAfterMs }
    return {
      title: "The gateway refused this page",
      text: [`${capital(error.message)}.`, hint].filter(Boolean).join(" "),
      command: hint ? undefined : "fased logs",
      remedy: "person",
    }
  }
  if (code === 1002)
    return {
      title: "This page and the gateway speak different versions",
      text: "The gateway was probably updated. Reload the page to get its new one.",
      remedy: "person",
    }
  if (ending.restartExpectedMs !== undefined)
    return { ...away.restarting, retryAfterMs: ending.restartExpectedMs }
  if (ending.stopping) return away.stopped
  if (code === 1008 && reason)
    return {
      title: "The gateway closed the connection",
      text: `Its reason: ${reason}. This page is reconnecting.`,
      command: "fased logs",
      remedy: "retry",
    }
  if (code === 1012) return away.restarting
  return wasOpen ? away.lost : away.silent
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, "")
