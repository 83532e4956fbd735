import { fault } from "../kernel/fault.ts"

export const archiveBroken = fault<{ reason: string }>("backup.broken", {
  status: 422,
  message: ({ reason }) => `The backup cannot be used: ${reason}.`,
  hint: () => "Nothing was changed. Fetch or copy it again, or take an older backup.",
})

export const archiveUnreadable = fault<{ path: string; reason: string }>("backup.unreadable", {
  status: 404,
  message: ({ path, reason }) => `${path} cannot be read: ${reason}.`,
})

export const archiveUnwritable = fault<{ path: string; reason: string }>("backup.unwritable", {
  status: 403,
  message: ({ path, reason }) => `${path} cannot be written: ${reason}.`,
  hint: () => "Name another place: fased backup create --output <file or folder>",
})

export const archiveThere = fault<{ path: string }>("backup.exists", {
  status: 409,
  message: ({ path }) => `${path} is there already.`,
  hint: () => "Name another file: fased backup create --output <file>",
})

export const nothingToKeep = fault<{ state: string }>("backup.nothing", {
  status: 404,
  message: ({ state }) => `There is nothing to back up in ${state}.`,
  hint: () => "Another instance? Name it: fased --profile <name> backup create",
})

export const cannotMask = fault<{ path: string }>("backup.cannot-mask", {
  status: 422,
  message: ({ path }) => `${path} cannot be read, so the secrets in it cannot be left out.`,
  hint: () =>
    "Mend it (fased config validate), or keep it as it is, secrets and all: --include-secrets",
})

export const tooLarge = fault<{ folder: string; limit: string }>("backup.too-large", {
  status: 413,
  message: ({ folder, limit }) => `${folder} holds more than ${limit}.`,
  hint: () =>
    "Raise the limit (--max-size <MB>), or leave the agents' folders out: --no-workspaces",
})

export const newerBackup = fault<{ version: string }>("backup.newer", {
  status: 409,
  message: ({ version }) =>
    `The backup was made by fased ${version}, whose database this one does not know.`,
  hint: () => "Update this fased first: fased update. Nothing was changed.",
})

export const otherFormat = fault<{ found: string; here: string }>("backup.other-format", {
  status: 409,
  message: ({ found, here }) => `The backup holds ${found}, and the config here is ${here}.`,
  hint: ({ found }) =>
    `Restore it under its own name: FASED_CONFIG_PATH=<folder>/${found} fased backup restore …`,
})

export const notAState = fault<{ state: string }>("backup.not-a-state", {
  status: 409,
  message: ({ state }) => `${state} does not look like a state folder of fased.`,
  hint: () => "Nothing was removed. Is FASED_STATE_DIR right? See: fased config file",
})
