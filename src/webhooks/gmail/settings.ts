import * as z from "zod"
import { thinkingLevels } from "../../kernel/channel.ts"
import { onFirstUse } from "../../kernel/later.ts"

/**
 * A push can show a token of ours in its address only: Pub/Sub sends no header we could choose. The
 * gateway answers no request with `?token=`, so that nobody puts its own there.
 */
export const tokenParameter = "push"

const resource = (kind: string, example: string) =>
  z.string().regex(new RegExp(`^projects/[\\w.:-]{1,64}/${kind}/[A-Za-z][\\w.~+%-]{2,254}$`), {
    message: `must be like ${example}`,
  })

/** `hooks.gmail`: new mail starts work. */
export const gmailSettings = onFirstUse(() =>
  z
    .strictObject({
      account: z
        .email()
        .optional()
        .describe("Address of the mailbox; someone is signed in at Google as it. Unset: none."),
      label: z
        .string()
        .trim()
        .min(1)
        .max(225)
        .default("INBOX")
        .describe("Only mail with this label, by name."),
      topic: resource("topics", "projects/my-project/topics/gmail")
        .optional()
        .describe(
          "Pub/Sub topic that Gmail tells of new mail. Unset: Gmail is asked now and then.",
        ),
      subscription: resource("subscriptions", "projects/my-project/subscriptions/gmail")
        .optional()
        .describe("Subscription of that topic, which pushes to `hookUrl`."),
      hookUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("Public address of `/hooks/gmail`, where Google pushes to."),
      pushToken: z.string().min(16).optional().meta({
        description: "What a push shows as `?push=` in its address.",
        secret: true,
      }),
      pushServiceAccount: z
        .email()
        .optional()
        .describe("Service account whose signature every push has to bear besides."),
      pushAudience: z
        .string()
        .min(1)
        .max(500)
        .optional()
        .describe("Whom that signature is for. Unset: `hookUrl`."),
      includeBody: z
        .boolean()
        .default(true)
        .describe("Give the agent the text, not its start only."),
      maxBytes: z
        .int()
        .min(100)
        .max(200_000)
        .default(20_000)
        .describe("Longest text of a message that is given."),
      renewEveryMinutes: z
        .int()
        .min(1)
        .max(8_640)
        .default(720)
        .describe("How often Gmail is told to go on; it forgets after seven days."),
      pollSeconds: z
        .int()
        .min(10)
        .max(86_400)
        .default(60)
        .describe("How often Gmail is asked where there is no topic."),
      model: z
        .string()
        .optional()
        .describe("Model of these turns; one that may not be used leaves it to the agent's own."),
      thinking: z.enum(thinkingLevels).optional().describe("How hard the model should think."),
      allowUnsafeExternalContent: z
        .boolean()
        .default(false)
        .describe("Give the agent mail without the fence that marks it as a stranger's words."),
    })
    .prefault({})
    .describe("New mail in Gmail starts work."),
)
export type GmailSettings = z.infer<ReturnType<typeof gmailSettings>>
export type GmailWatch = GmailSettings & { account: string }

/** The mailbox to watch, where there is one. */
export const watchOf = ({
  enabled,
  gmail,
}: {
  enabled: boolean
  gmail: GmailSettings
}): GmailWatch | undefined => {
  const { account } = gmail
  return enabled && account !== undefined ? { ...gmail, account } : undefined
}
