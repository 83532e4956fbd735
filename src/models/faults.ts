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

const quoted = (said: string | undefined) =>
  said ? ` It said: ${said}${/[.!?…]["')]?$/.test(said) ? "" : "."}` : ""
const seconds = (ms: number) => `${Math.max(1, Math.ceil(ms / 1000))} s`

export const unknownModel = fault<{ ref: string; near: string[] }>("models.unknown", {
  status: 404,
  message: ({ ref, near }) =>
    `No model is called "${ref}".${near.length ? ` Close to it: ${near.join(", ")}.` : ""}`,
  hint: () => "See what there is with: fased models list (in a chat: /models)",
  details: ({ near }) => ({ near }),
})

export const unknownProvider = fault<{ provider: string }>("models.unknown-provider", {
  status: 404,
  message: ({ provider }) => `No models of a provider called "${provider.slice(0, 80)}" are known.`,
  hint: () => "See the providers with: fased models status --all",
})

export const noSuchChoice = fault<{ number: number; last: number }>("models.no-such-choice", {
  status: 404,
  message: ({ number, last }) => `There is no model number ${number}; the list goes up to ${last}.`,
  hint: () => "See the list with /model",
})

export const unclearModel = fault<{ typed: string; near: string[] }>("models.unclear", {
  status: 409,
  message: ({ typed, near }) => `"${typed}" may mean ${near.join(", ")}.`,
  hint: () => "Write one of them whole, as provider/model.",
  details: ({ near }) => ({ near }),
})

/** The wording is the contract's: clients in the field look for it. */
export const modelNotAllowed = fault<{ ref: string }>("models.not-allowed", {
  status: 403,
  message: ({ ref }) => `Model "${ref}" is not allowed. Use /model to list available models.`,
  hint: ({ ref }) =>
    `The operator can add it: fased config set 'agents.defaults.models["${ref}"]' {}`,
})

export const thinkingNotHad = fault<Called & { typed: string; valid: readonly string[] }>(
  "models.thinking-not-had",
  {
    status: 400,
    message: ({ provider, model, typed }) =>
      `${provider}/${model} has no thinking level "${typed.slice(0, 40)}".`,
    hint: ({ valid }) => `Use one of: ${valid.join(", ")}.`,
    details: ({ valid }) => ({ valid }),
  },
)

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

/** One thing a turn tried, and why it did not answer. */
export interface Attempt {
  /** `provider/model` */
  ref: string
  /** The profile or key it went by. */
  by?: string
  /** The fault's code. */
  code: string
  why: string
}

export const exhausted = fault<{
  attempts: readonly Attempt[]
  hint?: string
  readyInMs?: number
}>("models.exhausted", {
  status: 503,
  message: ({ attempts }) =>
    `No model could answer. Tried: ${attempts.map(({ ref, by, why }) => `${ref}${by ? ` by ${by}` : ""} (${why})`).join("; ")}.`,
  hint: ({ hint, readyInMs }) =>
    readyInMs === undefined
      ? hint
      : `The first of them is ready again in ${inWords(readyInMs)}; or pick another model: fased models list`,
  details: ({ attempts, readyInMs }) => ({ attempts, retryAfterMs: readyInMs }),
  retryable: true,
})

export const resting = fault<Called & { by: string; readyInMs: number; why: string }>(
  "models.resting",
  {
    status: 503,
    message: ({ provider, by, readyInMs, why }) =>
      `${by} of ${provider} rests for ${inWords(readyInMs)} after it failed (${why}).`,
    hint: ({ readyInMs }) =>
      `Send it again in ${inWords(readyInMs)}, or use another model or profile: fased models auth list`,
    details: ({ readyInMs }) => ({ retryAfterMs: readyInMs }),
    retryable: true,
  },
)

const inWords = (ms: number) =>
  ms < 120_000
    ? seconds(ms)
    : ms < 7_200_000
      ? `${Math.ceil(ms / 60_000)} min`
      : `${Math.ceil(ms / 3_600_000)} h`
