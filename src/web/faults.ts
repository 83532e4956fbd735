import { fault } from "../kernel/fault.ts"

export const notReadable = fault<{ url: string; type: string }>("web.not-readable", {
  status: 415,
  message: ({ url, type }) => `${url} is ${type}, which cannot be read as text.`,
  hint: () => "Look for a page or a PDF that says the same.",
})

export const pageFailed = fault<{ url: string; httpStatus: number }>("web.page-failed", {
  status: 502,
  message: ({ url, httpStatus }) => `${url} answered with HTTP ${httpStatus}.`,
  hint: ({ httpStatus }) =>
    httpStatus === 404 || httpStatus === 410
      ? "Nothing is there: search for where it went."
      : httpStatus === 401 || httpStatus === 403
        ? "It is not for everyone. Try another source."
        : "Try again later, or another source.",
})

export const tooTangled = fault<{ url: string; seconds: number }>("web.too-tangled", {
  status: 422,
  message: ({ url, seconds }) => `${url} could not be turned into text within ${seconds} s.`,
  hint: () => "Try another source.",
})

export const damaged = fault<{ url: string; what: string }>("web.damaged", {
  status: 422,
  message: ({ url, what }) => `${url} could not be read: ${what.replace(/\.+$/, "")}.`,
  hint: () => "Try another source.",
})

export const noSearch = fault<{ provider: string; setting: string; variable: string }>(
  "web.search-not-set-up",
  {
    status: 424,
    message: ({ provider }) => `Searching with ${provider} is not set up.`,
    hint: ({ setting, variable }) =>
      `Set ${variable} in the environment, or: fased config set ${setting} …`,
  },
)

export const searchFailed = fault<{ provider: string; why: string; hint: string }>(
  "web.search-failed",
  {
    status: 502,
    message: ({ provider, why }) => `${provider} did not search: ${why}.`,
    hint: ({ hint }) => hint,
    retryable: true,
  },
)

export const cannotFilter = fault<{ provider: string; param: string; by: readonly string[] }>(
  "web.cannot-filter",
  {
    status: 400,
    message: ({ provider, param }) => `${provider} cannot search by ${param}.`,
    hint: ({ by }) =>
      by.length ? `Leave it out. It takes: ${by.join(", ")}.` : "Leave it out and say it in words.",
  },
)
