import { fault } from "../kernel/fault.ts"

/** The model a call went to. */
export interface Called {
  provider: string
  model: string
}
interface Answered extends Called {
  /** The provider's own words, made safe to show. */
  said?: string
}

const quoted = (said: string | undefined) => (said ? ` It said: ${said}` : "")
const seconds = (ms: number) => `${Math.max(1, Math.ceil(ms / 1000))} s`

export const unknownModel = fault<{ ref: string; near: string[] }>("models.unknown", {
  status: 404,
  message: ({ ref, near }) =>
    `No model is called "${ref}".${near.length ? ` Close to it: ${near.join(", ")}.` : ""}`,
  hint: () => "See what there is with: fased models list",
  details: ({ near }) => ({ near }),
})

export const notConnected = fault<{ provider: string; what: string; next: string }>(
  "models.not-connected",
  {
    status: 424,
    message: ({ provider, what }) => `The provider "${provider}" is not connected: ${what}.`,
    hint: ({ next }) => next,
    wire: "UNAVAILABLE",
  },
)

export const unauthorized = fault<Answered & { key: string }>("models.unauthorized", {
  status: 502,
  message: ({ provider, key, said }) =>
    `${provider} refused the key it was given (${key}).${quoted(said)}`,
  hint: ({ key }) => `Put a working key in ${key}, then check with: fased models status`,
})

export const forbidden = fault<Answered>("models.forbidden", {
  status: 502,
  message: ({ provider, model, said }) =>
    `${provider} does not let this key use ${model}.${quoted(said)}`,
  hint: () => "Ask for access at the provider, or pick another model: fased models list",
})

export const outOfCredit = fault<Answered>("models.out-of-credit", {
  status: 502,
  message: ({ provider, said }) => `The ${provider} account has no credit left.${quoted(said)}`,
  hint: () => "Add credit at the provider, or use another model: fased models list",
})

export const notOffered = fault<Answered>("models.not-offered", {
  status: 404,
  message: ({ provider, model, said }) =>
    `${provider} does not offer a model called "${model}" at this address.${quoted(said)}`,
  hint: ({ provider }) =>
    `See the names with: fased models list --provider ${provider}; the address is models.providers.${provider}.baseUrl`,
})

export const rateLimited = fault<Answered & { retryAfterMs?: number }>("models.rate-limited", {
  status: 429,
  message: ({ provider, retryAfterMs, said }) =>
    `${provider} asks us to slow down${retryAfterMs === undefined ? "" : ` for ${seconds(retryAfterMs)}`}.${quoted(said)}`,
  hint: ({ retryAfterMs }) =>
    `Send it again in ${retryAfterMs === undefined ? "a moment" : seconds(retryAfterMs)}, or use another model.`,
  details: ({ retryAfterMs }) => ({ retryAfterMs }),
  wire: "UNAVAILABLE",
  retryable: true,
})

export const overloaded = fault<Answered>("models.overloaded", {
  status: 503,
  message: ({ provider, said }) => `${provider} is overloaded right now.${quoted(said)}`,
  hint: () => "Send it again in a moment, or use another model.",
  retryable: true,
})

export const unavailable = fault<Answered & { httpStatus?: number }>("models.unavailable", {
  status: 502,
  message: ({ provider, httpStatus, said }) =>
    `${provider} failed on its side${httpStatus ? ` (HTTP ${httpStatus})` : ""}.${quoted(said)}`,
  hint: () => "Send it again in a moment, or use another model.",
  retryable: true,
})

export const timedOut = fault<Called & { waitedMs: number; started: boolean }>("models.timeout", {
  status: 504,
  message: ({ provider, waitedMs, started }) =>
    started
      ? `${provider} fell silent in the middle of its answer for ${seconds(waitedMs)}.`
      : `${provider} did not begin to answer within ${seconds(waitedMs)}.`,
  hint: ({ started }) =>
    `Send it again; for a slow model raise models.timeouts.${started ? "silenceSeconds" : "answerSeconds"}.`,
  retryable: true,
})

export const unreachable = fault<Called & { address: string; reason: string }>(
  "models.unreachable",
  {
    status: 502,
    message: ({ provider, address, reason }) =>
      `${provider} could not be reached at ${address}: ${reason}.`,
    hint: ({ provider }) =>
      `Check that it runs and that the address is right: fased config get models.providers.${provider}.baseUrl`,
    retryable: true,
  },
)

export const cutOff = fault<Called>("models.cut-off", {
  status: 502,
  message: ({ provider }) => `${provider} closed the connection before its answer was complete.`,
  hint: () => "Send it again. What had arrived is kept.",
  retryable: true,
})

export const garbled = fault<Called & { what: string }>("models.garbled", {
  status: 502,
  message: ({ provider, what }) => `${provider} sent something that is not an answer: ${what}.`,
  hint: ({ provider }) =>
    `Check that models.providers.${provider}.api names the wire format it speaks, and that nothing sits in between.`,
})

export const badRequest = fault<Answered & { httpStatus?: number }>("models.bad-request", {
  status: 502,
  message: ({ provider, model, said, httpStatus }) =>
    `${provider} would not take the request for ${model}${httpStatus ? ` (HTTP ${httpStatus})` : ""}.${quoted(said)}`,
  hint: () => "Start afresh in a new session, or use another model: fased models list",
})

export const contextOverflow = fault<Answered>("models.context-overflow", {
  status: 413,
  message: ({ provider, model, said }) =>
    `The conversation is longer than ${provider}/${model} can read.${quoted(said)}`,
  hint: () => "Start a new session, or use a model with a larger context window.",
})

export const privateAddress = fault<Called & { host: string }>("models.private-address", {
  status: 403,
  message: ({ provider, host }) =>
    `${provider} is at ${host}, in a private network, and its settings do not allow that.`,
  hint: ({ provider }) =>
    `If that is what you want: fased config set models.providers.${provider}.request.allowPrivateNetwork true`,
})
