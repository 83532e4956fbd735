import { fault } from "../kernel/fault.ts"

export const unknownService = fault<{ id: string; known: readonly string[] }>("services.unknown", {
  status: 404,
  message: ({ id, known }) =>
    `No service is named "${id.slice(0, 64)}". There are: ${known.join(", ")}.`,
  hint: () => "See how they are with: fased services list",
})

export const notReady = fault<{ label: string; why: string; id: string; next?: string }>(
  "services.not-ready",
  {
    status: 409,
    message: ({ label, why }) => `${label} cannot be used: ${why}`,
    hint: ({ id, next = `fased services add ${id}` }) => `Set it up with: ${next}`,
  },
)

export const notLetIn = fault<{ label: string; id: string; said?: string }>("services.not-let-in", {
  status: 502,
  message: ({ label, said }) =>
    `${label} refuses the credential of this gateway${said ? `: ${said}` : ""}.`,
  hint: ({ id }) => `The operator gives it another with: fased services add ${id}`,
})

export const notSecured = fault<{ host: string; setting: "imap" | "smtp" }>(
  "services.not-secured",
  {
    status: 502,
    message: ({ host }) =>
      `The mail server (${host}) does not turn to TLS, so it was told no password.`,
    hint: ({ setting }) =>
      `Where it takes TLS from the first byte, on port ${setting === "imap" ? 993 : 465}: fased config set services.gmail.${setting}.port ${setting === "imap" ? 993 : 465}`,
  },
)

export const forbidden = fault<{ label: string; text: string }>("services.forbidden", {
  status: 403,
  message: ({ label, text }) => `The credential for ${label} does not allow that.\n${text}`,
})

export const slowDown = fault<{ label: string; seconds?: number }>("services.slow-down", {
  status: 429,
  message: ({ label, seconds }) =>
    `${label} asks us to slow down${seconds ? `; it takes calls again in ${seconds} s` : ""}.`,
  hint: () => "Try again later, and ask for less.",
  retryable: true,
  retryAfterMs: ({ seconds = 60 }) => seconds * 1000,
})

export const notFound = fault<{ label: string; what: string }>("services.not-found", {
  status: 404,
  message: ({ label, what }) =>
    `${label} has no ${what.slice(0, 200)}, or does not show it to this credential.`,
})

/** It understood and would not do it; `text` is fenced. */
export const refused = fault<{ label: string; text: string }>("services.refused", {
  status: 400,
  message: ({ label, text }) => `${label} would not do that.\n${text}`,
})

export const failed = fault<{ label: string; why: string }>("services.failed", {
  status: 502,
  message: ({ label, why }) => `${label} failed: ${why}.`,
  hint: () => "Try again in a minute.",
  retryable: true,
})

export const outOfBounds = fault<{ what: string; setting: string }>("services.out-of-bounds", {
  status: 403,
  message: ({ what, setting }) => `${what.slice(0, 200)} is not among those that ${setting} names.`,
})

export const incomplete = fault<{ action: string; needs: string }>("services.incomplete", {
  status: 400,
  message: ({ action, needs }) => `${action} needs ${needs}.`,
})
