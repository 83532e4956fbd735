import { fault } from "../../kernel/fault.ts"

export const signInAgain = fault<{ provider: string; profile: string; reason: string }>(
  "models.sign-in-again",
  {
    status: 424,
    message: ({ profile, reason }) => `The profile ${profile} can no longer be used: ${reason}.`,
    hint: ({ provider }) => `Sign in again: fased models auth login --provider ${provider}`,
    wire: "UNAVAILABLE",
  },
)

export const unknownProfile = fault<{ profile: string; known: readonly string[] }>(
  "models.unknown-profile",
  {
    status: 404,
    message: ({ profile, known }) =>
      `There is no auth profile "${profile}".${known.length ? ` There are: ${known.join(", ")}.` : ""}`,
    hint: () => "See what there is with: fased models auth list",
  },
)

export const badProfile = fault<{ problem: string }>("models.bad-profile", {
  status: 400,
  message: ({ problem }) => `That cannot be a profile: ${problem}.`,
  hint: () => "A profile is named <provider>:<name>, for example openai:work.",
})

export const noLogin = fault<{ provider: string; known: readonly string[] }>("models.no-login", {
  status: 400,
  message: ({ provider, known }) =>
    `fased does not know how to sign in at "${provider}"; it does at ${known.join(", ")}.`,
  hint: ({ provider }) => `Use a key instead: fased models auth add --provider ${provider}`,
})

export const loginIncomplete = fault<{ provider: string; missing: readonly string[] }>(
  "models.login-incomplete",
  {
    status: 424,
    message: ({ provider, missing }) =>
      `Signing in at ${provider} needs ${missing.join(", ")}, which this build does not know.`,
    hint: ({ provider, missing }) =>
      `Take it from the provider, then: fased config set auth.logins.${provider}.${missing[0]} …`,
    wire: "UNAVAILABLE",
  },
)

export const loginGone = fault("models.login-gone", {
  status: 404,
  message: () => "That sign-in is over: it was finished, cancelled, or took too long.",
  hint: () => "Begin again with: fased models auth login",
})

export const loginMismatch = fault("models.login-mismatch", {
  status: 400,
  message: () => "That address does not belong to this sign-in, so nothing was taken from it.",
  hint: () => "Copy the whole address of the page you ended on, or begin again.",
})

export const loginRefused = fault<{ provider: string; said: string }>("models.login-refused", {
  status: 502,
  message: ({ provider, said }) => `${provider} did not let you in: ${said}.`,
  hint: () => "Begin again with: fased models auth login",
})

export const tokenServer = fault<{ provider: string; what: string }>("models.token-server", {
  status: 502,
  message: ({ provider, what }) => `${provider}'s sign-in server could not be used: ${what}.`,
  hint: () => "Try again in a moment; if it stays so, check the network.",
  retryable: true,
})

export const privateBaseUrl = fault<{ host: string }>("models.private-base-url", {
  status: 403,
  message: ({ host }) => `${host} is in a private network, and that was not said to be meant.`,
  hint: () => "If it is your own server, say so with allowPrivateNetwork.",
})
