import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { section } from "../../kernel/section.ts"

const profileId = onFirstUse(() =>
  z
    .string()
    .regex(/^[a-z0-9][\w.-]*:[\w.@+-]{1,128}$/i, "must be <provider>:<name>")
    .describe("Profile, as provider:name."),
)

const https = onFirstUse(() => z.url({ protocol: /^https?$/ }))

const login = onFirstUse(() =>
  z
    .strictObject({
      clientId: z
        .string()
        .min(1)
        .optional()
        .describe("Public id of the program, as the provider registered it."),
      clientSecret: z.string().optional().meta({
        description: "Secret of the program, where the provider gave it one.",
        secret: true,
      }),
      authorizeUrl: https().optional().describe("Page where a person says yes."),
      tokenUrl: https().optional().describe("Where codes and refresh tokens become access tokens."),
      deviceUrl: https().optional().describe("Where a device asks for its code."),
      redirectUri: https().optional().describe("Where the page leads back to, on this machine."),
      scopes: z.array(z.string()).optional().describe("Rights that are asked for."),
    })
    .describe("How signing in at one provider goes, where it differs from what is built in."),
)

const cooldowns = onFirstUse(() =>
  z
    .strictObject({
      billingBackoffHours: z
        .number()
        .positive()
        .max(720)
        .default(5)
        .describe("Rest of a profile whose account has no credit; doubles each time."),
      billingBackoffHoursByProvider: z
        .record(z.string(), z.number().positive().max(720).describe("Hours."))
        .default({})
        .describe("The same for single providers."),
      billingMaxHours: z
        .number()
        .positive()
        .max(720)
        .default(24)
        .describe("The longest such rest."),
      failureWindowHours: z
        .number()
        .positive()
        .max(720)
        .default(24)
        .describe("After so long without a failure, earlier ones no longer count."),
      overloadedProfileRotations: z
        .int()
        .min(0)
        .max(16)
        .default(1)
        .describe("Profiles of an overloaded provider still tried before another model is."),
      overloadedBackoffMs: z
        .int()
        .min(0)
        .max(60_000)
        .default(0)
        .describe("Pause before each of them."),
    })
    .prefault({})
    .describe("How long a profile rests after it failed."),
)
export type Cooldowns = z.infer<ReturnType<typeof cooldowns>>

export const auth = section({
  id: "auth",
  summary: "Which sign-ins at model providers are used, and in which order.",
  reload: "live",
  schema: () =>
    z.strictObject({
      profiles: z
        .record(
          profileId(),
          z
            .strictObject({
              provider: z.string().min(1).describe("Provider it signs in at."),
              mode: z.enum(["api_key", "token", "oauth"]).describe("What kind of sign-in it is."),
              email: z.string().max(320).optional().describe("Whose account it is."),
            })
            .describe("One profile. The credential itself is in the state folder."),
        )
        .default({})
        .describe("Profiles that are used; without any of a provider, all of it that are stored."),
      order: z
        .record(z.string(), z.array(profileId()).describe("Profiles of this provider, in order."))
        .default({})
        .describe("Profiles of a provider, the one to try first in front."),
      logins: z
        .record(z.string(), login())
        .default({})
        .describe("Signing in at a provider by browser or code."),
      cooldowns: cooldowns(),
    }),
})
export type AuthConfig = z.infer<typeof auth.schema>
export type LoginConfig = z.infer<ReturnType<typeof login>>

/** What holds where nothing is set. */
export const signInDefaults = () => (defaults ??= auth.schema.parse({}))
let defaults: AuthConfig | undefined
