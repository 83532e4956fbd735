/** What signal-cli says when it does not do as asked. */
import { notSent } from "../../kernel/network.ts"

/** An answer that is no success. */
export class SignalRefusal extends Error {
  constructor(
    readonly method: string,
    readonly code: number,
    /** The daemon's own words. */
    readonly said: string,
    readonly retryAfterMs?: number,
  ) {
    super(`signal-cli answered ${method} with: ${said}`)
    this.name = "SignalRefusal"
  }
}

/** No answer came. `left` says whether the request was on its way. */
export class SignalUnreachable extends Error {
  constructor(
    method: string,
    readonly left: boolean,
    cause: unknown,
  ) {
    super(
      `signal-cli did not answer ${method}: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    )
    this.name = "SignalUnreachable"
  }
}

/** Its own codes: https://github.com/AsamK/signal-cli/blob/master/man/signal-cli-jsonrpc.5.adoc */
export const codes = { user: -1, unexpected: -2, io: -3, untrusted: -4, limited: -5, captcha: -6 }
export const unknownMethod = -32601

const hintFor = ({ code, said }: SignalRefusal) => {
  if (code === codes.untrusted)
    return "Their safety number changed. Compare it with them, then: signal-cli trust -a <number> <their number>"
  if (code === codes.captcha || /captcha|proof required/i.test(said))
    return "Signal wants a captcha: see signal-cli submitRateLimitChallenge --help"
  if (/unregistered|not registered/i.test(said))
    return "That number has no Signal account, or this account was linked elsewhere; link it again: fased channels login signal"
  return undefined
}

export const toNotSent = (error: unknown) => {
  if (error instanceof SignalUnreachable)
    return notSent({ why: error.left ? "lost" : "offline", text: error.message }, error)
  if (!(error instanceof SignalRefusal)) return error
  const { code, retryAfterMs, message: text } = error
  const hint = hintFor(error)
  if (code === codes.limited) return notSent({ why: "busy", text, hint, retryAfterMs }, error)
  // It may have reached Signal, or some of a group.
  if (code === codes.io || code === codes.unexpected)
    return notSent({ why: "lost", text, hint }, error)
  return notSent({ why: "refused", text, hint }, error)
}

export const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw notSent.is(error) ? error : toNotSent(error)
  }
}

/** For a person: what is wrong and what to do. */
export const finding = (error: unknown): { text: string; hint?: string } => {
  if (error instanceof SignalRefusal) return { text: error.message, hint: hintFor(error) }
  return { text: error instanceof Error ? error.message : String(error) }
}
