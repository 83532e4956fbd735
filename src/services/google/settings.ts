import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { grant } from "../grant.ts"

export const googleSettings = onFirstUse(() =>
  z
    .strictObject({
      clientId: z
        .string()
        .min(1)
        .max(256)
        .optional()
        .describe("OAuth client id of your own, of the kind `Desktop app`."),
      clientSecret: z.string().min(1).optional().meta({
        description: "Secret of that client.",
        secret: true,
      }),
      account: z
        .email()
        .optional()
        .describe("Whose account is used, where several are signed in. Unset: the first."),
      pubsub: z
        .boolean()
        .default(false)
        .describe("Also ask for the right to make Pub/Sub topics, which push new mail here."),
      redirectPort: z
        .int()
        .min(1024)
        .max(65_535)
        .default(8086)
        .describe("Port on this machine that the sign-in page leads back to."),
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("A stand-in for all of Google's hosts. Unset: Google itself."),
    })
    .prefault({})
    .describe("Signing in at Google, for Gmail and Calendar."),
)
export type GoogleSettings = z.infer<ReturnType<typeof googleSettings>>

export const calendarSettings = onFirstUse(() =>
  z
    .strictObject({
      ...grant(),
      calendars: z
        .array(z.string().trim().min(1).max(256))
        .default([])
        .describe("Only these, by id; `primary` is the account's own. Empty: all of them."),
    })
    .prefault({})
    .describe("Events and free time in Google Calendar."),
)
export type CalendarSettings = z.infer<ReturnType<typeof calendarSettings>>
