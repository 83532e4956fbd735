import { RequestFailed } from "./requests.ts"

/** What went wrong, in the gateway's words, and what it says to do about it. */
export interface Failure {
  message: string
  hint?: string
  /** Its name among the gateway's faults, such as `channels.nothing-to-explain`. */
  code?: string
}

export const failureOf = (thrown: unknown): Failure => {
  if (!(thrown instanceof RequestFailed))
    return {
      message: "Something unexpected happened in this page.",
      hint: "Reload it; if it happens again, see the browser's console.",
    }
  const { hint, code } = (thrown.error.details ?? {}) as Pick<Failure, "hint" | "code">
  return { message: thrown.message, ...(hint && { hint }), ...(code && { code }) }
}

/** The same, to end a sentence with. */
export const reason = (thrown: unknown) => {
  const { message, hint } = failureOf(thrown)
  return [message, hint].filter(Boolean).join(" ").replace(/\.$/, "")
}
