import { fault } from "../kernel/fault.ts"

export const badAddress = fault<{ url: string; why: string }>("net.bad-address", {
  status: 400,
  message: ({ url, why }) => `"${url.slice(0, 200)}" cannot be fetched: ${why}.`,
  hint: () => "Give a whole address that begins with https:// or http://, without a password.",
})

export const privateAddress = fault<{ host: string }>("net.private-address", {
  status: 403,
  message: ({ host }) =>
    `${host} is on this machine or in a private network, which is not fetched from.`,
})

export const hostNotListed = fault<{ host: string }>("net.host-not-listed", {
  status: 403,
  message: ({ host }) => `${host} is not among the hosts that may be fetched from.`,
})

export const unknownHost = fault<{ host: string }>("net.unknown-host", {
  status: 502,
  message: ({ host }) => `No address is known for ${host}.`,
  hint: () => "Check the spelling, and that this machine is on the network.",
  retryable: true,
})

export const unreachable = fault<{ host: string; reason: string }>("net.unreachable", {
  status: 502,
  message: ({ host, reason }) => `${host} could not be reached: ${reason}.`,
  retryable: true,
})

export const tooSlow = fault<{ host: string; seconds: number }>("net.timeout", {
  status: 504,
  message: ({ host, seconds }) => `${host} did not give its whole answer within ${seconds} s.`,
  retryable: true,
})

export const tooManyRedirects = fault<{ host: string; most: number }>("net.redirects", {
  status: 502,
  message: ({ host, most }) => `${host} redirected more than ${most} times.`,
})

export const redirectWithBody = fault<{ host: string; to: string }>("net.redirect-with-body", {
  status: 502,
  message: ({ host, to }) =>
    `${host} wants what was sent to be sent to ${to} instead, which is not done unasked.`,
  hint: () => "If that is right, send it there directly.",
})

export const garbledBody = fault<{ host: string }>("net.garbled", {
  status: 502,
  message: ({ host }) => `${host} sent an answer that does not unpack as it claims to.`,
})
