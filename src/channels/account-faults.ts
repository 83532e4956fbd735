import { fault } from "../kernel/fault.ts"

export const notListening = fault<{ label: string }>("channels.not-listening", {
  status: 503,
  message: ({ label }) => `${label} is being stopped and takes nothing in.`,
  hint: () => "The network delivers it again once the account is started.",
  retryable: true,
})

export const flooded = fault<{ label: string; most: number }>("channels.flooded", {
  status: 429,
  message: ({ label, most }) => `${label} has ${most} messages waiting to be taken in.`,
  hint: () => "The network delivers it again; if it goes on, look at: fased channels status",
  retryable: true,
})

export const noAnswer = fault<{ label: string; act: string; seconds: number }>(
  "channels.no-answer",
  {
    status: 504,
    message: ({ label, act, seconds }) => `${label} did not answer "${act}" within ${seconds} s.`,
    hint: () => "Look at it with: fased channels status --probe",
    retryable: true,
  },
)

export const adapterFailed = fault<{ label: string; act: string; text: string }>(
  "channels.adapter-failed",
  {
    status: 502,
    message: ({ label, act, text }) => `${label} failed at "${act}": ${text}`,
    hint: () => "The log has more: fased channels logs",
  },
)

export const unknownAccount = fault<{ channel: string; account?: string; known: string[] }>(
  "channels.unknown-account",
  {
    status: 404,
    message: ({ channel, account }) =>
      account === undefined
        ? `No account of "${channel}" is configured.`
        : `"${channel}" has no account "${account}".`,
    hint: ({ channel, known }) =>
      known.length
        ? `There is: ${known.join(", ")}`
        : `Add one with: fased channels add ${channel}`,
  },
)

export const unknownChannel = fault<{ channel: string; known: string[] }>(
  "channels.unknown-channel",
  {
    status: 404,
    message: ({ channel }) => `There is no channel "${channel}".`,
    hint: ({ known }) => `There is: ${known.join(", ") || "none yet"}`,
  },
)

export const notConnected = fault<{ label: string; state: string; hint?: string }>(
  "channels.not-connected",
  {
    status: 503,
    message: ({ label, state }) => `${label} is not connected (${state}).`,
    hint: ({ hint }) => hint ?? "See why with: fased channels status",
    retryable: true,
  },
)

export const cannot = fault<{ label: string; what: string }>("channels.cannot", {
  status: 400,
  message: ({ label, what }) => `${label} cannot ${what}.`,
  hint: () => "See what it can with: fased channels capabilities",
})

export const pathTaken = fault<{ path: string; by: string }>("channels.path-taken", {
  status: 409,
  message: ({ path, by }) => `The webhook path ${path} is used by ${by}.`,
  hint: () => "Give each account a path of its own, then start it again.",
})

export const badPath = fault<{ path: string; why: string }>("channels.bad-path", {
  status: 400,
  message: ({ path, why }) => `The webhook path "${path}" cannot be used: ${why}.`,
  hint: () => "Write one like /telegram-webhook; letters, digits, -, _, . and / may stand in it.",
})

export const noLogin = fault<{ channel: string; account: string }>("channels.no-login", {
  status: 409,
  message: ({ channel, account }) => `No login of ${channel} (${account}) is under way.`,
  hint: ({ channel }) => `Begin one with: fased channels login --channel ${channel}`,
})

export const takesToken = fault<{ label: string; channel: string }>("channels.takes-token", {
  status: 400,
  message: ({ label }) => `${label} has no login: its accounts take a token.`,
  hint: ({ channel }) =>
    `To disconnect one: fased channels stop ${channel}. To take it out: fased channels remove ${channel}`,
})

export const whichLogin = fault<{ found: string[] }>("channels.which-login", {
  status: 400,
  message: ({ found }) =>
    found.length
      ? "More than one channel can be logged in to."
      : "No channel of this gateway has a login: they take tokens.",
  hint: ({ found }) =>
    found.length ? `Name one of: ${found.join(", ")}` : "Set one up with: fased channels add",
})

export const accountExists = fault<{ label: string; account: string }>("channels.account-exists", {
  status: 409,
  message: ({ label, account }) => `${label} has an account "${account}" already.`,
  hint: () => "Give the new one another name, or remove that one first.",
})

export const accountRefused = fault<{ label: string; findings: string[] }>(
  "channels.account-refused",
  {
    status: 400,
    message: ({ label, findings }) =>
      `Nothing was written: ${label} does not work like this. ${findings.join(" ")}`.trim(),
    hint: () => "Mend it and try again, or add it without trying it out.",
  },
)

export const credentialMissing = fault<{ label: string; setting: string; prompt: string }>(
  "channels.credential-missing",
  {
    status: 400,
    message: ({ label, setting, prompt }) => `${label} needs ${setting}: ${prompt}.`,
    hint: () => "channels.status says what each network needs.",
  },
)

export const noCredential = fault<{ label: string; setting: string; known: string[] }>(
  "channels.no-credential",
  {
    status: 400,
    message: ({ label, setting }) => `${setting} is no credential of ${label}.`,
    hint: ({ label, known }) => `${label} takes: ${known.join(", ") || "none"}.`,
  },
)
