import * as z from "zod"
import { isSecretRef, type SecretRef } from "../../kernel/secret.ts"

const secretRef = z.custom<SecretRef>(isSecretRef)

/** What lets a profile in. Never leaves this folder but in a request to its provider. */
export const credential = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("api_key"),
    key: z.string().optional(),
    keyRef: secretRef.optional(),
  }),
  z.object({
    type: z.literal("token"),
    token: z.string().optional(),
    tokenRef: secretRef.optional(),
    expires: z.number().optional(),
  }),
  z.object({
    type: z.literal("oauth"),
    access: z.string(),
    /** Absent when the provider gave none: then it ends with `expires`. */
    refresh: z.string().optional(),
    expires: z.number(),
    /** The rights it was given, apart by spaces, where the provider says. */
    scope: z.string().optional(),
    /** Facts some providers want with each call. */
    accountId: z.string().optional(),
    projectId: z.string().optional(),
    enterpriseUrl: z.string().optional(),
  }),
])
export type Credential = z.infer<typeof credential>
export type OAuth = Extract<Credential, { type: "oauth" }>

/** How a profile did lately. */
export const usage = z.object({
  lastUsed: z.number().optional(),
  /** Failures in a row. */
  errorCount: z.int().default(0),
  /** Those of them for lack of credit. */
  billingCount: z.int().default(0),
  lastFailureAt: z.number().optional(),
  cooldownUntil: z.number().optional(),
  cooldownReason: z.string().optional(),
  disabledUntil: z.number().optional(),
  disabledReason: z.string().optional(),
  /** Why its tokens could not be renewed; only signing in again helps. */
  refreshFailed: z.string().optional(),
})
export type Usage = z.infer<typeof usage>
export const unused: Usage = { errorCount: 0, billingCount: 0 }

export interface Profile {
  /** The agent it belongs to. */
  agentId: string
  /** `<provider>:<name>` */
  id: string
  provider: string
  email?: string
  credential: Credential
  usage: Usage
}

/** When it may be used again, if that is later than now. */
export const restsUntil = ({ usage }: Pick<Profile, "usage">, now: number): number | undefined => {
  const until = Math.max(usage.cooldownUntil ?? 0, usage.disabledUntil ?? 0)
  return until > now ? until : undefined
}
