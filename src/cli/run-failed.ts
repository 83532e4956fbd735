import { fault } from "../kernel/fault.ts"

/** A turn was accepted and did not end well. */
export const runFailed = fault<{ status: string; reason: string }>("cli.run-failed", {
  status: 502,
  message: ({ status, reason }) =>
    status === "timeout"
      ? `The turn took too long: ${reason}`
      : `The agent could not answer: ${reason}`,
  hint: () => "See: fased models status, fased logs",
})
