import { fault } from "../kernel/fault.ts"

export interface Unresolved {
  /** The setting that needs it. */
  path: string
  reason: string
}

export const unresolved = fault<{ failures: readonly Unresolved[] }>("secrets.unresolved", {
  status: 503,
  message: ({ failures }) =>
    `${failures.length === 1 ? "A secret" : `${failures.length} secrets`} could not be fetched:${failures
      .map(({ path, reason }) => `\n  - ${path}: ${reason}`)
      .join("")}`,
  hint: () => "Try each of them with: fased secrets audit",
  details: ({ failures }) => ({ failures }),
})
