import { fault } from "../kernel/fault.ts"

export const unknownSession = fault<{ key: string }>("sessions.unknown", {
  status: 404,
  message: ({ key }) => `No session named "${key}".`,
  hint: () => "See what exists with: fased sessions list",
})

export const unknownArchive = fault<{ sessionId: string }>("sessions.unknown-archive", {
  status: 404,
  message: ({ sessionId }) => `No archived session has the id ${sessionId}.`,
  hint: () => "See what is archived with: fased sessions archives list",
})

export const badSessionKey = fault<{ key: string; why: string }>("sessions.bad-key", {
  status: 400,
  message: ({ key, why }) => `"${key}" cannot be a session key: ${why}.`,
  hint: () => "Use main, or a full key such as agent:main:main.",
})

export const labelTaken = fault<{ label: string; key: string }>("sessions.label-taken", {
  status: 409,
  message: ({ label, key }) => `The label "${label}" is taken by the session ${key}.`,
  hint: ({ key }) =>
    `Choose another, or take it from that one first: fased sessions patch ${key} --label default`,
})

export const mainStays = fault<{ key: string }>("sessions.main-stays", {
  status: 400,
  message: ({ key }) => `${key} is an agent's main session, which cannot be deleted.`,
  hint: ({ key }) => `To begin it afresh: fased sessions reset ${key}`,
})

export const sessionBusy = fault<{ key: string }>("sessions.busy", {
  status: 409,
  message: ({ key }) => `A turn is under way in ${key}, so nothing was changed.`,
  hint: () => "Wait for it, or stop it with /stop in the chat.",
  retryable: true,
})

export const sessionDamaged = fault<{ key: string }>("sessions.damaged", {
  status: 409,
  message: ({ key }) =>
    `What the session ${key} was told to do otherwise cannot be read, so it answers nothing until that is mended.`,
  hint: ({ key }) => `Put aside what cannot be read: fased sessions repair ${key}`,
})

export const sessionExists = fault<{ key: string }>("sessions.exists", {
  status: 409,
  message: ({ key }) => `There is a session ${key} already, so nothing was imported.`,
  hint: () => "Import it under another key: --key <key>",
})

export const badImport = fault<{ line: number; why: string }>("sessions.bad-import", {
  status: 400,
  message: ({ line, why }) => `Line ${line} ${why}, so nothing was imported.`,
  hint: () => "Import what fased sessions export wrote, unchanged.",
  details: ({ line }) => ({ line }),
})

export const notYourSession = fault<{ key: string }>("sessions.not-yours", {
  status: 403,
  message: ({ key }) => `${key} cannot be looked at or changed from here.`,
  hint: () => "A turn of the operator with the same agent can.",
})
