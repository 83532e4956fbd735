import { fault } from "../../kernel/fault.ts"

export const notWatching = fault("hooks.gmail-not-set-up", {
  status: 409,
  message: () => "No mailbox is watched: hooks.gmail is not set, or hooks are off.",
  hint: () => "Set it up: fased webhooks gmail setup --account <address>",
})

export const otherAccount = fault<{ wanted: string; signedIn: string }>(
  "hooks.gmail-other-account",
  {
    status: 409,
    message: ({ wanted, signedIn }) =>
      `Google says that the account is ${signedIn.slice(0, 200)}, not ${wanted}.`,
    hint: () => "Sign in as that account: fased services add gmail --google",
  },
)

export const lacksRight = fault<{ lacks: string; account: string }>("hooks.gmail-lacks", {
  status: 424,
  message: ({ lacks, account }) => `The mailbox ${account} cannot be watched: it lacks ${lacks}.`,
  hint: () => "Sign in: fased services add gmail --google",
  wire: "UNAVAILABLE",
})
