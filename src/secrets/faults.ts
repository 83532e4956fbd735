import { fault } from "../kernel/fault.ts"

/** A reference whose secret cannot be had. Holds no secret. */
export interface Unresolved {
  /** The setting that needs it. */
  path: string
  /** `env:default:OPENAI_API_KEY` */
  ref: string
  reason: string
  /** What to do about it. */
  next: string
}

export const describeUnresolved = ({ path, ref, reason, next }: Unresolved) =>
  `${path} (${ref}): ${reason}; ${next}`

const mostShown = 20

const listed = (failures: readonly Unresolved[]) => {
  const shown = failures.slice(0, mostShown).map((one) => `\n  - ${describeUnresolved(one)}`)
  const rest = failures.length - shown.length
  return shown.join("") + (rest > 0 ? `\n  - and ${rest} more` : "")
}

export const unresolved = fault<{ failures: readonly Unresolved[] }>("secrets.unresolved", {
  status: 503,
  message: ({ failures }) =>
    `${failures.length === 1 ? "A secret" : `${failures.length} secrets`} could not be fetched:${listed(failures)}`,
  hint: () => "Try each of them with: fased secrets audit",
  details: ({ failures }) => ({ failures }),
})

export const badPlan = fault<{ problem: string }>("secrets.bad-plan", {
  status: 422,
  message: ({ problem }) => `The plan cannot be applied: ${problem}. Nothing was changed.`,
  hint: () => "Make one with: fased secrets configure --plan-out plan.json",
})

/** The text is the contract's, word for word (08 §9). */
export const badTarget = fault<{ type: string; path: string }>("secrets.bad-target", {
  status: 422,
  message: ({ type, path }) => `Invalid plan target path for ${type}: ${path}`,
  hint: () => "Nothing was changed. A target names a secret setting under the type of its path.",
})

export const applyFailed = fault<{ file: string; reason: string; undone: boolean }>(
  "secrets.apply-failed",
  {
    status: 500,
    message: ({ file, reason, undone }) =>
      `The plan was not applied: ${file} could not be changed: ${reason}. ` +
      (undone ? "Everything is as it was." : "Not everything could be put back."),
    hint: ({ undone }) =>
      undone
        ? "Mend that, then apply the plan again."
        : "Look at what is where with: fased secrets audit",
  },
)

export const storeUnusable = fault<{ file: string; reason: string }>("secrets.store-unusable", {
  status: 422,
  message: ({ file, reason }) => `${file} cannot take a secret: ${reason}. Nothing was changed.`,
  hint: ({ file }) => `Mend it, or move it out of the way: ${file}`,
})

export const notSecret = fault<{ path: string }>("secrets.not-secret", {
  status: 400,
  message: ({ path }) => `${path} is not a setting that holds a secret.`,
  hint: ({ path }) => `Set it with: fased config set ${path} <value>`,
})

export const notFromAfar = fault<{ path: string }>("secrets.not-from-afar", {
  status: 403,
  message: ({ path }) => `${path} decides who may come in, and is not set from afar.`,
  hint: ({ path }) => `On the gateway's machine: fased secrets set ${path}`,
})
