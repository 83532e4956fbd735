import { fault } from "../kernel/fault.ts"

const shown = (source: string) => (source.length > 80 ? `${source.slice(0, 80)}…` : source)

export const badMedia = fault<{ source: string; why: string }>("outbox.bad-media", {
  status: 400,
  message: ({ source, why }) => `${shown(source)} cannot be sent: ${why}.`,
  hint: () => "Name a file in the agent's workspace, or an http(s) address.",
})

export const mediaTooLarge = fault<{ source: string; maxMb: number }>("outbox.media-too-large", {
  status: 413,
  message: ({ source, maxMb }) =>
    `${shown(source)} is larger than the ${maxMb} MB that may be sent.`,
  hint: () => "Send a smaller one, or allow more: channels.<channel>.mediaMaxMb",
})

export const unknownChannel = fault<{ channel: string; known: readonly string[] }>(
  "outbox.unknown-channel",
  {
    status: 404,
    message: ({ channel }) => `There is no chat network named "${channel}".`,
    hint: ({ known }) =>
      known.length ? `There are: ${known.join(", ")}.` : "Add one with: fased channels add",
  },
)

export const noAccount = fault<{ channel: string; account?: string }>("outbox.no-account", {
  status: 404,
  message: ({ channel, account }) =>
    account ? `${channel} has no account named "${account}".` : `${channel} is not set up.`,
  hint: ({ channel, account }) =>
    account
      ? "See what is there with: fased channels list"
      : `Connect it with: fased channels add ${channel}`,
})

export const accountOff = fault<{ channel: string; account: string }>("outbox.account-off", {
  status: 409,
  message: ({ channel, account }) => `The account ${account} of ${channel} is disabled.`,
  hint: ({ channel }) => `Enable it with: fased config set channels.${channel}.enabled true`,
})

export const notConnected = fault<{ channel: string; account: string; why: string; hint?: string }>(
  "outbox.not-connected",
  {
    status: 503,
    message: ({ channel, account, why }) =>
      `The account ${account} of ${channel} is not connected: ${why.replace(/\.$/, "")}.`,
    hint: ({ hint }) => hint ?? "See why with: fased channels status",
    retryable: true,
  },
)

export const noChannel = fault<{ channels: readonly string[] }>("outbox.no-channel", {
  status: 400,
  message: ({ channels }) =>
    channels.length ? "It is not said on which chat network." : "No chat network is set up.",
  hint: ({ channels }) =>
    channels.length ? `Name one: ${channels.join(", ")}.` : "Add one with: fased channels add",
})

export const badTarget = fault<{ channel: string; target: string; why: string }>(
  "outbox.bad-target",
  {
    status: 400,
    message: ({ channel, target, why }) => `"${shown(target)}" is no target on ${channel}: ${why}`,
    hint: () => "Write it as fased directory shows it.",
  },
)

export const noTarget = fault("outbox.no-target", {
  status: 400,
  message: () => "It is not said where to.",
  hint: () => "Name a target, as fased directory shows it, or set channels.<channel>.defaultTo.",
})

export const notPermitted = fault<{ why: string; hint: string }>("outbox.not-permitted", {
  status: 403,
  message: ({ why }) => why,
  hint: ({ hint }) => hint,
})

export const nothingToSend = fault("outbox.nothing-to-send", {
  status: 400,
  message: () => "There is nothing to send.",
  hint: () => "Give a text, a file or a poll.",
})

export const cannot = fault<{ channel: string; what: string }>("outbox.cannot", {
  status: 400,
  message: ({ channel, what }) => `${channel} cannot ${what}.`,
  hint: () => "See what each network can with: fased channels capabilities",
})

export const deliveryFailed = fault<{ error: string; state: string }>("outbox.delivery-failed", {
  status: 502,
  message: ({ error }) => error,
  hint: () => "See what failed or is unknown with: fased outbox list",
})

export const unknownDelivery = fault<{ id: string }>("outbox.unknown-delivery", {
  status: 404,
  message: ({ id }) => `No delivery "${id}" failed, is unknown or waits.`,
  hint: () => "See what there is with: fased outbox list",
})

export const badArguments = fault<{ action: string; problem: string }>("outbox.bad-arguments", {
  status: 400,
  message: ({ action, problem }) => `"${action}" cannot be done like that: ${problem}.`,
  hint: () => "See what it takes in docs/reference, or with fased channels capabilities.",
})
