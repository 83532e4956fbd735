import { fault } from "../kernel/fault.ts"

export const unknownCode = fault<{ code: string }>("access.unknown-code", {
  status: 404,
  message: ({ code }) => `Nobody waits with the code "${code.slice(0, 20)}".`,
  hint: () => "Codes last an hour. See who waits with: fased pairing list",
})

export const codeAmbiguous = fault<{ code: string; channels: readonly string[] }>(
  "access.code-ambiguous",
  {
    status: 409,
    message: ({ code }) => `More than one person waits with the code "${code}".`,
    hint: ({ channels }) => `Say for which channel and account: ${channels.join(", ")}.`,
  },
)

export const notPaired = fault<{ channel: string; sender: string }>("access.not-paired", {
  status: 404,
  message: ({ channel, sender }) =>
    `Nobody by the id "${sender.slice(0, 80)}" was let in on ${channel}.`,
  hint: () => "See who was with: fased pairing list",
})

export const nothingToExplain = fault<{ target: string }>("channels.nothing-to-explain", {
  status: 404,
  message: ({ target }) => `Nothing was turned away lately that "${target.slice(0, 120)}" names.`,
  hint: () =>
    "What was heard is in its session: fased sessions list. What never arrived is told by: fased channels status --probe",
})
