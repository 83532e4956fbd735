import { fault, type Fault } from "../kernel/fault.ts"

export const startBlocked = fault<{ mode: string | undefined }>("gateway.start-blocked", {
  status: 409,
  message: ({ mode }) =>
    `Gateway start blocked: set gateway.mode=local (it is ${mode ? `"${mode}"` : "not set"}).`,
  hint: () =>
    "Run: fased config set gateway.mode local, or fased start, or add --allow-unconfigured.",
})

export const cannotRestart = fault<{ reason: string }>("gateway.cannot-restart", {
  status: 409,
  message: ({ reason }) => `The gateway cannot restart by itself: ${reason}.`,
  hint: () => "Restart it the way it was started; until then it runs as before.",
})

export const callGivenUp = fault("gateway.call-given-up", {
  status: 499,
  message: () => "The call was given up by who made it.",
  hint: () => "Make it again when it is wanted after all.",
})

export const bindWithoutAuth = fault<{ host: string }>("gateway.bind-without-auth", {
  status: 409,
  message: ({ host }) => `refusing to bind gateway to ${host} without auth`,
  hint: () => "Set gateway.auth.token (fased secrets set gateway.auth.token), or bind to loopback.",
})

export const originsMissing = fault<{ host: string }>("gateway.origins-missing", {
  status: 409,
  message: ({ host }) =>
    `refusing to serve the Control UI on ${host} without gateway.controlUi.allowedOrigins`,
  hint: () =>
    "Name the pages that may connect: fased config set gateway.controlUi.allowedOrigins '[\"https://host\"]', or set gateway.controlUi.enabled false.",
})

export const ambiguousAuth = fault("gateway.ambiguous-auth", {
  status: 409,
  message: () =>
    "Both a token and a password are set, and gateway.auth.mode does not say which counts.",
  hint: () => "Run: fased config set gateway.auth.mode token (or password).",
})

export const weakSecret = fault<{ name: string; why: string }>("gateway.weak-secret", {
  status: 409,
  message: ({ name, why }) => `The gateway's ${name} cannot be used: ${why}.`,
  hint: ({ name }) =>
    `Choose a long random one, or remove gateway.auth.${name} and let fased start make one.`,
})

/** As the gateway says it when it reads such a config. */
type Problem = Pick<Fault, "code" | "message" | "hint">

/** A change of the config that is not made. */
export const wouldLockOut = fault<{ problem: Problem }>("gateway.would-lock-out", {
  status: 422,
  message: ({ problem }) =>
    `Nothing was written: nobody could sign in to the gateway any more. ${problem.message}`,
  hint: ({ problem }) =>
    `${problem.hint} What belongs together is changed together by: fased configure --section gateway`,
  details: ({ problem }) => ({ problem: problem.code }),
})

export const wouldNotStart = fault<{ problem: Problem }>("gateway.would-not-start", {
  status: 422,
  message: ({ problem }) =>
    `Nothing was written: no gateway would start with it. ${problem.message}`,
  hint: ({ problem }) =>
    `${problem.hint} What belongs together is changed together by: fased config patch '{ gateway: { … } }'`,
  details: ({ problem }) => ({ problem: problem.code }),
})

export const noSecret = fault<{ mode: string }>("gateway.no-secret", {
  status: 409,
  message: ({ mode }) => `Gateway auth is "${mode}", but no ${mode} is set.`,
  hint: ({ mode }) =>
    `Run: fased secrets set gateway.auth.${mode}, or let fased start make a token.`,
})

export const tokenKeptElsewhere = fault("gateway.token-kept-elsewhere", {
  status: 409,
  message: () => "Nothing was changed: gateway.auth.token is kept outside the config.",
  hint: () => "Put a new one there: fased secrets set gateway.auth.token",
})

export const userHeaderMissing = fault("gateway.user-header-missing", {
  status: 409,
  message: () =>
    "gateway.auth.mode is trusted-proxy, but gateway.auth.trustedProxy.userHeader is not set.",
  hint: () =>
    "Name the header your proxy puts the user in: fased config set gateway.auth.trustedProxy.userHeader x-forwarded-user",
})

export const noTrustedProxies = fault("gateway.no-trusted-proxies", {
  status: 409,
  message: () => "gateway.auth.mode is trusted-proxy, but gateway.trustedProxies is empty.",
  hint: () =>
    "Name the address your proxy comes from: fased config set gateway.trustedProxies '[\"127.0.0.1\"]'",
})

export const proxyOnLoopback = fault("gateway.proxy-on-loopback", {
  status: 409,
  message: () =>
    "refusing gateway.auth.mode trusted-proxy on loopback, where every program of this machine could be the proxy",
  hint: () =>
    "Set gateway.bind lan (or custom) behind a firewall that lets only the proxy through, or use a token.",
})

export const serveNeedsLoopback = fault<{ mode: string; host: string }>(
  "gateway.tailscale-needs-loopback",
  {
    status: 409,
    message: ({ mode, host }) =>
      `gateway.tailscale.mode=${mode} brings people in by loopback, but the gateway listens on ${host}.`,
    hint: () => "Set gateway.bind loopback, or gateway.tailscale.mode off.",
  },
)

export const funnelNeedsPassword = fault("gateway.funnel-needs-password", {
  status: 409,
  message: () =>
    "gateway.tailscale.mode=funnel opens the gateway to the internet and needs a password.",
  hint: () => "Set gateway.auth.mode password and gateway.auth.password, or tailscale.mode off.",
})

export const noneBeyondLoopback = fault<{ host: string }>("gateway.none-beyond-loopback", {
  status: 409,
  message: ({ host }) =>
    `refusing to bind gateway to ${host} without auth: --auth none is for loopback only`,
  hint: () => "Drop --auth none, or bind to loopback.",
})

export const noAddress = fault<{ bind: string }>("gateway.no-address", {
  status: 409,
  message: ({ bind }) =>
    bind === "tailnet"
      ? "gateway.bind is tailnet, but this machine has no Tailscale address."
      : "gateway.bind is custom, but gateway.customBindHost is not an IPv4 address.",
  hint: ({ bind }) =>
    bind === "tailnet"
      ? "Run: tailscale up, or bind to loopback."
      : "Set it to an address of this machine.",
})

export const portTaken = fault<{ host: string; port: number }>("gateway.port-taken", {
  status: 409,
  message: ({ host, port }) =>
    `another gateway instance is already listening on ws://${host}:${port} [EADDRINUSE]`,
  hint: () =>
    "See who it is: fased gateway status. Then stop it, choose another --port, or start with --force.",
})

export const bindFailed = fault<{ host: string; port: number; reason: string }>(
  "gateway.bind-failed",
  {
    status: 500,
    message: ({ host, port, reason }) =>
      `failed to bind gateway socket on ${host}:${port}: ${reason}`,
    hint: ({ port }) =>
      port < 1024
        ? "Ports below 1024 need privileges; choose a higher one."
        : "Check gateway.bind.",
  },
)

export const unknownMethod = fault<{ method: string }>("gateway.unknown-method", {
  status: 404,
  message: ({ method }) => `unknown method: ${method}`,
  hint: () => "hello-ok.features.methods lists what this gateway serves.",
})

export const badParams = fault<{ method: string; issue: string }>("gateway.bad-params", {
  status: 400,
  message: ({ method, issue }) => `invalid ${method} params: ${issue}`,
})

export const badBody = fault<{ problem: string }>("gateway.bad-body", {
  status: 400,
  message: ({ problem }) => `The body cannot be used: ${problem}.`,
  hint: () => "Send JSON as /openapi describes it.",
})

export const badFrame = fault<{ issue: string }>("gateway.bad-frame", {
  status: 400,
  message: ({ issue }) => `invalid frame: ${issue}`,
})

export const missingScope = fault<{ scope: string }>("gateway.missing-scope", {
  status: 403,
  message: ({ scope }) => `missing scope: ${scope}`,
  details: ({ scope }) => ({ code: "MISSING_SCOPE", missingScope: scope }),
})

export const wrongRole = fault<{ method: string; role: string }>("gateway.wrong-role", {
  status: 403,
  message: ({ method, role }) => `${method} is not for the role "${role}"`,
})

export const tooOften = fault<{ method: string; waitMs: number }>("gateway.too-often", {
  status: 429,
  wire: "UNAVAILABLE",
  message: ({ method, waitMs }) =>
    `${method} was called too often; there is room again in ${Math.ceil(waitMs / 1000)} s`,
  hint: () => "Wait, then send it again.",
  retryable: true,
  retryAfterMs: ({ waitMs }) => waitMs,
})

export const draining = fault("gateway.draining", {
  status: 503,
  message: () => "the gateway is shutting down and takes no new work",
  hint: () => "Send it again when it is back.",
  retryable: true,
})

export const stillHeld = fault<{ port: number; pid: number; command: string }>(
  "gateway.still-held",
  {
    status: 409,
    message: ({ port, pid, command }) =>
      `Port ${port} is still held by ${command} (pid ${pid}), which does not stop.`,
    hint: () => "Stop it by hand, or choose another --port.",
  },
)

export const badPort = fault<{ text: string }>("gateway.bad-port", {
  status: 400,
  message: ({ text }) => `FASED_GATEWAY_PORT is "${text.slice(0, 40)}", which is no port.`,
  hint: () => "Set it to a number from 1 to 65535, or unset it.",
})

export const tlsHalfNamed = fault<{ named: string; missing: string }>("gateway.tls-half-named", {
  status: 409,
  message: ({ named, missing }) =>
    `gateway.tls.${named} is set, but gateway.tls.${missing} is not.`,
  hint: () => "Set both, or neither: then the gateway makes a self-signed certificate for itself.",
})

export const tlsFileMissing = fault<{ path: string }>("gateway.tls-file-missing", {
  status: 409,
  message: ({ path }) => `The TLS file ${path} is not there.`,
  hint: () =>
    "Put the certificate and its key in place, or set gateway.tls.autoGenerate true to start without both.",
})

export const tlsNothingToServe = fault("gateway.tls-nothing-to-serve", {
  status: 409,
  message: () =>
    "gateway.tls.enabled is true, but there is no certificate, and autoGenerate is off.",
  hint: () =>
    "Set gateway.tls.certPath and gateway.tls.keyPath, or unset gateway.tls.autoGenerate.",
})

export const tlsUnusable = fault<{ path: string; why: string }>("gateway.tls-unusable", {
  status: 409,
  message: ({ path, why }) => `The TLS file ${path} cannot be used: ${why}.`,
  hint: () =>
    "Both files are PEM, without a passphrase, readable by this user. See what they hold with: openssl x509 -text -in <certificate>",
})

export const tlsExpired = fault<{ path: string; at: string }>("gateway.tls-expired", {
  status: 409,
  message: ({ path, at }) => `The TLS certificate ${path} expired on ${at}.`,
  hint: () => "Renew it; the gateway takes up the new file by itself.",
})
export const bodyTooLarge = fault<{ most: number }>("gateway.body-too-large", {
  status: 413,
  message: ({ most }) => `The request is larger than the ${most} bytes this address takes.`,
})

export const bodyTooSlow = fault("gateway.body-too-slow", {
  status: 408,
  message: () => "The request did not arrive in time.",
  hint: () => "Send it again.",
  retryable: true,
})

export const tooManyAtOnce = fault<{ most: number }>("gateway.too-many-at-once", {
  status: 429,
  message: ({ most }) => `You have ${most} requests under way, which is as many as you may have.`,
  hint: () => "Wait for one to end, or raise gateway.http.maxConcurrent.",
  retryable: true,
  retryAfterMs: () => 1000,
})

export const tooBusy = fault("gateway.too-busy", {
  status: 503,
  message: () => "The gateway holds as much of other requests as it can.",
  hint: () => "Send it again in a moment.",
  retryable: true,
  retryAfterMs: () => 1000,
})

export const foreignPage = fault("gateway.foreign-page", {
  status: 403,
  message: () => "The request came from a page of another address.",
  hint: () => "Open this gateway's own address and do it there.",
})

export const signInUnreadable = fault("gateway.sign-in-unreadable", {
  status: 403,
  message: () => "A sign-in is a form or a JSON object with a token, and this was neither.",
})

export const signInNotOffered = fault("gateway.sign-in-not-offered", {
  status: 404,
  message: () => "This gateway does not sign browsers in with a token.",
  hint: () => "Open its page: it asks for what is needed.",
})

export const tokenNotGiven = fault("gateway.token-not-given", {
  status: 400,
  message: () => "No token was given.",
  hint: () => "Paste the one in the link that fased dashboard prints.",
})

export const tokenNotAccepted = fault("gateway.token-not-accepted", {
  status: 401,
  message: () => "That token was not accepted.",
  hint: () => "It may have changed: fased dashboard prints the current one.",
})

export const signInsLimited = fault<{ retryAfterMs: number }>("gateway.sign-ins-limited", {
  status: 429,
  message: () => "Too many attempts from here.",
  hint: ({ retryAfterMs }) => `Try again in ${waitWords(retryAfterMs)}.`,
  retryable: true,
})

const waitWords = (ms: number) => {
  const minutes = Math.ceil(ms / 60_000)
  return minutes > 1 ? `${minutes} minutes` : "a minute"
}
