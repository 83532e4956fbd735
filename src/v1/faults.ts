import { fault } from "../kernel/fault.ts"

export const badRequest = fault<{ problem: string; param?: string }>("v1.bad-request", {
  status: 400,
  message: ({ problem, param }) => (param ? `${param}: ${problem}` : problem),
  details: ({ param }) => ({ param }),
})

export const nothingAsked = fault("v1.nothing-asked", {
  status: 400,
  message: () => "The conversation does not end with anything to answer.",
  hint: () => "Let the last message be the user's, or a tool's result.",
})

export const unknownAgent = fault<{ id: string; known: readonly string[] }>("v1.unknown-agent", {
  status: 400,
  message: ({ id }) => `There is no agent named "${id.slice(0, 80)}".`,
  hint: ({ known }) => `Agents here: ${known.join(", ")}.`,
})

export const reservedSession = fault<{ key: string }>("v1.reserved-session", {
  status: 400,
  message: ({ key }) => `The session "${key.slice(0, 80)}" belongs to the gateway's own work.`,
  hint: () => "Name a session of your own in x-fased-session-key, without that prefix.",
})

export const unknownModel = fault<{ model: string }>("v1.unknown-model", {
  status: 404,
  message: ({ model }) => `The model "${model.slice(0, 80)}" does not exist here.`,
  hint: () =>
    "Use fased for the default agent, fased/<agent> for another, or <provider>/<model>; GET /v1/models lists them.",
})

export const notFullRights = fault("v1.not-full-rights", {
  status: 403,
  message: () => "Choosing a model takes full operator rights.",
  hint: () => "Ask an agent: model fased, without x-fased-model.",
})

export const pictureTooLarge = fault<{ maxMb: number }>("v1.picture-too-large", {
  status: 413,
  message: ({ maxMb }) => `A picture or file is larger than the ${maxMb} MB it may have.`,
  hint: () => "Send a smaller version of it.",
})

export const pictureUnreadable = fault<{ why: string }>("v1.picture-unreadable", {
  status: 400,
  message: ({ why }) => `A picture cannot be used: ${why}.`,
  hint: () => "Send PNG, JPEG, GIF or WebP, as an https:// address or a base64 data URL.",
})

export const tooManyAddresses = fault<{ most: number }>("v1.too-many-addresses", {
  status: 400,
  message: ({ most }) => `At most ${most} pictures may come as an address.`,
  hint: () => "Send the others as data URLs.",
})

export const fileUnreadable = fault<{ name: string; why: string }>("v1.file-unreadable", {
  status: 400,
  message: ({ name, why }) => `The file "${name.slice(0, 80)}" cannot be read: ${why}.`,
  hint: () => "Send text, Markdown, HTML, CSV, JSON or PDF as a base64 data URL.",
})

/** Clients try anew what a server fails at; this stays so until somebody connects a provider. */
export const noEmbedder = fault<{ message: string; hint?: string }>("v1.no-embedder", {
  status: 404,
  message: ({ message }) => message,
  hint: ({ hint }) => hint,
})

export const stopped = fault("v1.stopped", {
  status: 409,
  message: () => "The turn was stopped before it was done.",
})

export const tooSlow = fault("v1.too-slow", {
  status: 503,
  message: () => "The client reads more slowly than the answer comes, so it was stopped.",
  hint: () => "Read the stream as it comes, or ask without stream.",
})

export const goingDown = fault("v1.going-down", {
  status: 503,
  message: () => "The gateway is restarting.",
  hint: () => "Send it again in a moment.",
  retryable: true,
  retryAfterMs: () => 5000,
})
