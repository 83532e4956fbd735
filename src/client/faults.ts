import { fault } from "../kernel/fault.ts"
import type { WireError } from "../kernel/fault.ts"

export const unreachable = fault<{ url: string; local: boolean; reason: string }>(
  "client.unreachable",
  {
    status: 503,
    message: ({ url, reason }) =>
      `No gateway answers at ${url} (gateway connect failed: ${reason || "no connection"}).`,
    hint: ({ local }) =>
      local
        ? "Start one with: fased start   (or fased gateway run)"
        : "Check the address and the network.",
    details: ({ reason }) => ({ reason }),
    retryable: true,
  },
)

export const notAGateway = fault<{ url: string; reason: string }>("client.not-a-gateway", {
  status: 502,
  message: ({ url, reason }) => `What answers at ${url} is not a fased gateway (${reason}).`,
  hint: () =>
    "Name the right port with --port or the address with --url. See: fased gateway status",
})

export const gatewayBusy = fault<{ url: string; reason: string }>("client.gateway-busy", {
  status: 503,
  message: ({ url, reason }) => `The gateway at ${url} takes no connection just now (${reason}).`,
  hint: () => "Try again in a moment. See: fased gateway status",
  retryable: true,
})

export const unauthorized = fault<{ url: string; error: WireError; credential: string }>(
  "client.unauthorized",
  {
    status: 401,
    message: ({ url, error }) => `The gateway at ${url} refused the credential: ${error.message}.`,
    hint: ({ credential }) =>
      `Sent: ${credential}. Sources, first wins: --token, FASED_GATEWAY_TOKEN, gateway.auth.token in the config.`,
    details: ({ error }) => ({ gateway: error }),
  },
)

export const lockedOut = fault<{ url: string; error: WireError }>("client.locked-out", {
  status: 429,
  message: ({ url }) =>
    `The gateway at ${url} takes no more attempts from here for now: too many wrong ones.`,
  hint: ({ error: { retryAfterMs } }) =>
    `Try again ${retryAfterMs ? `in ${Math.ceil(retryAfterMs / 1000)} s` : "later"}, with the right credential.`,
  details: ({ error }) => ({ gateway: error }),
  retryable: true,
})

export const notPaired = fault<{ url: string; error: WireError }>("client.not-paired", {
  status: 403,
  message: ({ url }) =>
    `The gateway at ${url} does not know this device yet: disconnected (1008): pairing required.`,
  hint: ({ error }) => {
    const { requestId } = detailsOf(error)
    const approve = typeof requestId === "string" ? `approve ${requestId}` : "list"
    return `Where that gateway runs: fased devices ${approve}   Then run this again.`
  },
  details: ({ error }) => ({ gateway: error }),
})

export const credentialMissing = fault<{ url: string }>("client.credential-missing", {
  status: 401,
  message: () => "--url needs a credential of its own.",
  hint: ({ url }) => `Add one: --url ${url} --token <token>   (or --password <password>)`,
})

export const plaintextRefused = fault<{ url: string; isNear: boolean }>(
  "client.plaintext-refused",
  {
    status: 400,
    message: ({ url }) => `${url} would send the credential unencrypted across the network.`,
    hint: ({ isNear }) =>
      "Use wss:// (gateway.tls.enabled there), or a tunnel: fased gateway tunnel user@host." +
      (isNear
        ? " In a network you trust, --allow-plaintext does it all the same."
        : " --allow-plaintext is for private addresses only."),
  },
)

export const certificateMismatch = fault<{ url: string; expected: string; seen: string }>(
  "client.certificate-mismatch",
  {
    status: 495,
    message: ({ url, seen }) =>
      `${url} shows another certificate than the pinned one (SHA-256 ${seen}). Nothing was sent.`,
    hint: () =>
      "Somebody may be in between. If the certificate was renewed, see the new fingerprint with " +
      "fased gateway status on the gateway's machine, and set gateway.remote.tlsFingerprint to it.",
    details: ({ expected, seen }) => ({ expected, seen }),
  },
)

export const certificateUntrusted = fault<{ url: string; reason: string }>(
  "client.certificate-untrusted",
  {
    status: 495,
    message: ({ url, reason }) =>
      `The certificate of ${url} is not trusted (${reason}). Nothing was sent.`,
    hint: () =>
      "If it is self-signed, pin it: fased gateway status on the gateway's machine shows its " +
      "fingerprint, for --tls-fingerprint or gateway.remote.tlsFingerprint.",
    details: ({ reason }) => ({ reason }),
  },
)

export const badFingerprint = fault<{ text: string }>("client.bad-fingerprint", {
  status: 400,
  message: ({ text }) => `"${text}" is not a certificate fingerprint.`,
  hint: () => "It is the SHA-256 in 64 hex digits, with or without colons.",
})

export const pinWithoutTls = fault<{ url: string }>("client.pin-without-tls", {
  status: 400,
  message: ({ url }) => `${url} shows no certificate, so there is none to compare.`,
  hint: () => "Use its wss:// address, or leave the fingerprint out.",
})

export const badUrl = fault<{ url: string }>("client.bad-url", {
  status: 400,
  message: ({ url }) => `"${url}" is not a gateway address.`,
  hint: () => "It looks like ws://127.0.0.1:18789 or wss://gateway.example.com",
})

export const timedOut = fault<{ what: string; timeoutMs: number }>("client.timeout", {
  status: 504,
  message: ({ what, timeoutMs }) => `No answer to ${what} within ${timeoutMs / 1000} s.`,
  hint: () => "See what the gateway is doing with: fased logs --follow",
  retryable: true,
})

export const closed = fault<{ code: number; reason: string }>("client.closed", {
  status: 503,
  message: ({ code, reason }) =>
    `The gateway closed the connection (${code}${reason && `: ${reason}`}).`,
  hint: () => "See: fased gateway status",
  retryable: true,
})

const detailsOf = (error: WireError) =>
  (typeof error.details === "object" && error.details !== null ? error.details : {}) as Record<
    string,
    unknown
  >

/** What the gateway answered instead of a result, passed on as it came. */
export const refused = fault<{ method: string; error: WireError }>("client.refused", {
  status: 400,
  message: ({ error }) => error.message,
  hint: ({ error }) => {
    const { hint } = detailsOf(error)
    return typeof hint === "string" ? hint : undefined
  },
  details: ({ error }) => ({ ...detailsOf(error), wireCode: error.code }),
})

/** The most telling code of a gateway's error: `details.code` where it has one. */
export const wireErrorCode = (error: WireError) => {
  const { code } = detailsOf(error)
  return typeof code === "string" ? code : error.code
}

export const badSshTarget = fault<{ target: string }>("client.bad-ssh-target", {
  status: 400,
  message: ({ target }) => `${JSON.stringify(target.slice(0, 80))} is no machine to reach by SSH.`,
  hint: () => "Write it as user@host or user@host:port; a name from ~/.ssh/config does as well.",
})

export const noSsh = fault("client.no-ssh", {
  status: 503,
  message: () => "This machine has no ssh program.",
  hint: () => "Install OpenSSH's client (openssh-client), or use Tailscale.",
})

export const tunnelFailed = fault<{ host: string; words: string; explanation: string }>(
  "client.tunnel-failed",
  {
    status: 502,
    message: ({ host, words }) =>
      `No tunnel to ${host}: ${words || "ssh ended without saying why"}.`,
    hint: ({ explanation }) => explanation,
    retryable: true,
  },
)
