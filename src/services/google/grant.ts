import type { ServicesConfig } from "../config.ts"
import type { Granted, Reach } from "../grant.ts"
import { calendarRights, mailRights } from "./rights.ts"
import type { GoogleAccount } from "./service.ts"

type Account = Pick<GoogleAccount, "lacks">

/** Gmail with the account that is signed in at Google. */
export const gmailGrant = ({ gmail }: ServicesConfig, google: Account): Granted => ({
  at: "services.gmail",
  id: "gmail",
  grant: gmail,
  lacks: gmail.signIn === "google" ? google.lacks(mailRights(gmail)) : 'signIn "google"',
  next: "fased services add gmail --google",
})

export const calendarGrant = ({ calendar }: ServicesConfig, google: Account): Granted => ({
  at: "services.calendar",
  id: "calendar",
  grant: calendar,
  lacks: google.lacks(calendarRights(calendar)),
})

/** The sign-in itself, which is given to nobody: agents are given what it is used for. */
export const googleGrant = ({ google: { pubsub } }: ServicesConfig, google: Account): Reach => ({
  at: "services.google",
  grant: { enabled: true },
  lacks: google.lacks(pubsub ? ["pubsub"] : []),
})
