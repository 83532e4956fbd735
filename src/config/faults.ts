import { fault } from "../kernel/fault.ts"
import type { Issue } from "./settings.ts"

/** `gateway.port: must be … (did you mean …?)`, with the place in the file where it is known. */
export const describeIssue = ({ path, message, hint, file, line, column }: Issue) => {
  const places = [file && `in ${file}`, line && `line ${line}, column ${column}`].filter(Boolean)
  const place = places.length ? `${places.join(", ")}: ` : ""
  return `${path && `${path}: `}${place}${message}${hint ? ` (${hint})` : ""}`
}

export const listed = (issues: readonly Issue[]) => {
  const shown = issues.slice(0, 20).map((issue) => `\n  - ${describeIssue(issue)}`)
  const rest = issues.length - shown.length
  return shown.join("") + (rest > 0 ? `\n  - and ${rest} more` : "")
}

const wayToMend = (issues: readonly Issue[]) =>
  issues.some(({ kind }) => kind)
    ? "See what can be mended with: fased doctor (and mend it with: fased doctor --fix)"
    : "Correct the file, then check it with: fased config validate (or ask: fased doctor)"

interface Invalid {
  path: string
  issues: readonly Issue[]
}

const invalid = fault<Invalid>("config.invalid", {
  status: 422,
  message: ({ path, issues }) => `The config file ${path} is not valid:${listed(issues)}`,
  hint: ({ issues }) => wayToMend(issues),
  details: ({ issues }) => ({ issues }),
})

/** Keeps no more of a reading than what is wrong with it: faults get logged and printed. */
export const configInvalid = Object.assign(
  ({ path, issues }: Invalid) => invalid({ path, issues }),
  invalid,
)

/** Old settings that could not be rewritten as they are written today. */
export const oldForms = fault<{ file: string; old: readonly Issue[]; problem: string }>(
  "config.old-forms",
  {
    status: 422,
    message: ({ file, old, problem }) =>
      `The config file ${file} has settings of older versions, and they could not be rewritten:${listed(old)}\n${problem}`,
    hint: () => "Rewrite what fits, and drop what fased does not know, with: fased doctor --fix",
    details: ({ old }) => ({ issues: old }),
  },
)

/** The file is broken, and the one from when it was not is still there. */
export const startRefused = fault<Invalid & { at: number }>("config.start-refused", {
  status: 422,
  message: ({ path, issues }) =>
    `The gateway does not start: the config file ${path} is not valid:${listed(issues)}`,
  hint: ({ at }) =>
    `Correct the file, or run on the last good config, of ${new Date(at).toLocaleString("sv")}: fased gateway run --last-good`,
  details: ({ issues, at }) => ({ issues, lastGoodAt: at }),
})

export const changeRefused = fault<{ paths: string[]; file: string; issues: readonly Issue[] }>(
  "config.bad-value",
  {
    status: 422,
    message: ({ paths, file, issues }) =>
      `Nothing was written to ${file}: ${paths.length ? `with ${paths.join(", ")} changed` : "as given"} it would not be valid:${listed(issues)}`,
    hint: ({ paths: [path = ""] }) =>
      `See what is allowed with: fased config schema ${path}`.trim(),
    details: ({ paths, issues }) => ({ path: paths[0] ?? "", paths, issues }),
  },
)

/** A change that is no part of what is wrong with the file, and mends none of it. */
const invalidBefore = fault<Invalid>("config.invalid-before", {
  status: 422,
  message: ({ path, issues }) =>
    `Nothing was written: the config file ${path} was not valid before this change:${listed(issues)}`,
  hint: ({ issues }) => wayToMend(issues),
  details: ({ issues }) => ({ issues }),
})

export const alreadyInvalid = ({ path, issues }: Invalid) => invalidBefore({ path, issues })

export const badPath = fault<{ path: string; reason: string }>("config.bad-path", {
  status: 400,
  message: ({ path, reason }) => `"${path}" does not name a setting: ${reason}.`,
  hint: () =>
    'Write it like gateway.port, agents.list[0].id or models.providers["my.host"].baseUrl',
})

export const unknownPath = fault<{ path: string; hint?: string }>("config.unknown-path", {
  status: 404,
  message: ({ path }) => `There is no setting named ${path}.`,
  hint: ({ hint }) => hint ?? "See all settings with: fased config schema",
})

export const changedMeanwhile = fault<{ file: string }>("config.changed-meanwhile", {
  status: 409,
  message: ({ file }) =>
    `Nothing was written: ${file} was changed by someone else while this change was being made.`,
  hint: () => "Look at the file as it is now, then try again.",
  retryable: true,
})

export const staleHash = fault<{ file: string }>("config.stale-hash", {
  status: 409,
  message: ({ file }) =>
    `Nothing was written: ${file} is no longer as it was when it was read; call config.get again and make the change from there.`,
  hint: () => "Read the config again, then send the change with its new hash as baseHash.",
})

export const configBusy = fault<{ file: string }>("config.busy", {
  status: 503,
  message: ({ file }) => `Nothing was written: another fased keeps ${file} locked.`,
  hint: () => "Try again; if that stays so, look for a fased that hangs.",
  retryable: true,
})

export const baseHashNeeded = fault<{ method: string }>("config.base-hash-needed", {
  status: 400,
  message: ({ method }) =>
    `${method} needs baseHash, the hash of the config it was made from; call config.get first.`,
  hint: () => "Send the hash that config.get gave along as baseHash.",
})

export const badPatch = fault<{ reason: string }>("config.bad-patch", {
  status: 400,
  message: ({ reason }) => `That is not a patch of the config: ${reason}`,
  hint: () => "Write it like { gateway: { port: 19000, bind: null } }, where null removes.",
})

export const cannotEdit = fault<{ file: string; path: string; reason: string }>(
  "config.cannot-edit",
  {
    status: 422,
    message: ({ file, path, reason }) =>
      `Nothing was written: ${path} cannot be changed in ${file} without rewriting the rest of it (${reason}).`,
    hint: ({ file }) => `Change it in a text editor: ${file}`,
  },
)

export const valuesElsewhere = fault<{ path: string; file: string; elsewhere: string }>(
  "config.set-elsewhere",
  {
    status: 422,
    message: ({ path, file, elsewhere }) =>
      `Nothing was written: ${path} is set in ${elsewhere}, which ${file} includes.`,
    hint: ({ elsewhere }) => `Change it there, in a text editor: ${elsewhere}`,
  },
)

export const placeholderUnclear = fault<{ path: string }>("config.placeholder", {
  status: 422,
  message: ({ path }) =>
    `Nothing was written: ${path} holds the placeholder of a hidden secret, and which stored secret that means is not certain.`,
  hint: () => "Write the secret itself there, or refer to where it is kept.",
})

export const variableFromAfar = fault<{ path: string; name: string }>("config.variable-refused", {
  status: 422,
  message: ({ path, name }) =>
    `Nothing was written: ${path} would come to use \${${name}}, and a new variable is only taken from the config file itself or the command line.`,
  hint: ({ name }) =>
    `For a secret, send a reference: { "source": "env", "id": "${name}" }. Else write it into the file.`,
})

export const includeFromAfar = fault<{ path: string }>("config.include-refused", {
  status: 422,
  message: ({ path }) =>
    `Nothing was written: ${path} would come to name other files, which is only taken from the config file itself or the command line.`,
  hint: () => "Leave $include as it is, or change it in the file.",
})

export const cannotWrite = fault<{ file: string; reason: string }>("config.cannot-write", {
  status: 500,
  message: ({ file, reason }) => `The config file ${file} could not be written: ${reason}.`,
  hint: () => "Check that its folder belongs to you and that the disk has space.",
})

export const notFetched = fault<{ path: string }>("secrets.not-fetched", {
  status: 500,
  message: ({ path }) => `${path} is kept outside the config, and nothing has fetched it here.`,
  hint: () => "Look at where secrets come from with: fased secrets audit",
})

export const notForTrial = fault<{ path: string }>("config.not-for-trial", {
  status: 422,
  message: ({ path }) =>
    `${path} only counts after a restart, so it cannot be tried out in memory.`,
  hint: ({ path }) => `Change it for good: fased config set ${path} …`,
})
