/** What is asked of Google, and no more than the settings give agents. */
import type { ServicesConfig } from "../config.ts"

const scope = {
  readMail: "https://www.googleapis.com/auth/gmail.readonly",
  changeMail: "https://www.googleapis.com/auth/gmail.modify",
  readCalendar: "https://www.googleapis.com/auth/calendar.readonly",
  changeEvents: "https://www.googleapis.com/auth/calendar.events",
  pubsub: "https://www.googleapis.com/auth/pubsub",
} as const
export type Right = keyof typeof scope

/** Wider rights that hold a narrower one. */
const held: Readonly<Partial<Record<Right, readonly string[]>>> = {
  readMail: [scope.changeMail, "https://mail.google.com/"],
  changeMail: ["https://mail.google.com/"],
  readCalendar: ["https://www.googleapis.com/auth/calendar"],
  changeEvents: ["https://www.googleapis.com/auth/calendar"],
  pubsub: ["https://www.googleapis.com/auth/cloud-platform"],
}

const words: Readonly<Record<Right, string>> = {
  readMail: "read mail",
  changeMail: "send and sort mail",
  readCalendar: "read calendars",
  changeEvents: "change events",
  pubsub: "make Pub/Sub topics",
}
export const inWords = (right: Right) => words[right]

export const mailRights = ({ access }: Pick<ServicesConfig["gmail"], "access">): Right[] => [
  access === "write" ? "changeMail" : "readMail",
]
export const calendarRights = ({ access }: Pick<ServicesConfig["calendar"], "access">): Right[] => [
  "readCalendar",
  ...(access === "write" ? (["changeEvents"] as const) : []),
]

/** `openid email` says whose account it is. */
export const scopesFor = ({ gmail, calendar, google }: ServicesConfig): string[] => {
  const rights = [
    ...(gmail.signIn === "google" ? mailRights(gmail) : []),
    ...(calendar.agents.length ? calendarRights(calendar) : []),
    ...(google.pubsub ? (["pubsub"] as const) : []),
  ]
  return ["openid", "email", ...rights.map((right) => scope[right])]
}

/** The first right that was not given. A sign-in that does not say has all it was asked for. */
export const missingRight = (given: string | undefined, rights: readonly Right[]) => {
  if (given === undefined) return undefined
  const scopes = new Set(given.split(/\s+/))
  return rights.find(
    (right) => !scopes.has(scope[right]) && !held[right]?.some((wider) => scopes.has(wider)),
  )
}
