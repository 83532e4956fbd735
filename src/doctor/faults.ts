import { fault } from "../kernel/fault.ts"

export const checkTimeout = fault<{ id: string; seconds: number }>("doctor.check-timeout", {
  status: 504,
  message: ({ id, seconds }) => `${id} gave no answer within ${seconds} s.`,
  hint: () => "Try again when the machine is less busy: fased doctor",
  retryable: true,
})

export const nothingToUndo = fault<{ state: string }>("doctor.nothing-to-undo", {
  status: 404,
  message: ({ state }) => `There is nothing to take back: no run of the doctor changed ${state}.`,
  hint: () => "See what needs attention with: fased doctor",
})

export const changedSince = fault<{ paths: readonly string[]; run: string }>(
  "doctor.changed-since",
  {
    status: 409,
    message: ({ paths, run }) =>
      `Nothing was taken back: since the run of ${run}, somebody else changed ${paths.join(", ")}.`,
    hint: () =>
      "Take it back all the same, keeping a copy of how it is now: fased doctor --undo --force",
  },
)

export const cannotKeep = fault<{ folder: string; reason: string }>("doctor.cannot-keep", {
  status: 500,
  message: ({ folder, reason }) =>
    `Nothing was changed: what is there now could not be kept in ${folder} (${reason}).`,
  hint: () => "See that the state folder is yours and that its disk has room, then try again.",
})

export const copyGone = fault<{ paths: readonly string[]; folder: string }>("doctor.copy-gone", {
  status: 404,
  message: ({ paths, folder }) =>
    `Nothing was taken back: the copies of ${paths.join(", ")} are no longer in ${folder}.`,
  hint: () => "Earlier versions of the config are kept, too: fased config undo",
})

export const nothingGiven = fault<{ action: string }>("doctor.nothing-given", {
  status: 400,
  message: ({ action }) => `${action} needs raw: the change as JSON5.`,
  hint: () => "Look at config.get first.",
})

export const operatorsSettings = fault<{ settings: readonly string[] }>(
  "doctor.operators-settings",
  {
    status: 403,
    message: ({ settings }) =>
      `Nothing was changed: ${settings.slice(0, 10).join(", ")} ${settings.length === 1 ? "is" : "are"} for the operator to change, not for an agent.`,
    hint: ({ settings }) =>
      `Ask the operator to run: fased config set ${settings[0]} <value> – and say what it would do.`,
  },
)
