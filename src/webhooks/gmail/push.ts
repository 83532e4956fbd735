/** What Pub/Sub posts to `/hooks/gmail` when something happened in the mailbox. */
import * as z from "zod"
import { sameSecret } from "../../secrets/compare.ts"
import type { HookContext, HookRequest } from "../needs.ts"
import { isSigned, keyIdOf } from "./google-token.ts"
import { tokenParameter } from "./settings.ts"

const push = z.object({
  message: z.object({ data: z.string().max(100_000) }),
  subscription: z.string(),
})
const notice = z.object({ emailAddress: z.string() })

/** Whose mailbox it tells of; undefined for anything but a push of Gmail's. */
export const accountOf = (payload: unknown): string | undefined => {
  const read = push.safeParse(payload)
  if (!read.success) return undefined
  try {
    const data = Buffer.from(read.data.message.data, "base64").toString("utf8")
    return notice.safeParse(JSON.parse(data)).data?.emailAddress
  } catch {
    return undefined
  }
}

/** By the token in its address, and by Google's signature where the config names who signs. Both, where both are set. */
export const isProvenPush = async (context: HookRequest): Promise<boolean> => {
  const { request, hooks, clock, gmail, log } = context
  const { pushToken, pushServiceAccount, pushAudience, hookUrl } = hooks.gmail
  if (!pushToken && !pushServiceAccount) return false
  const given = new URL(request.url).searchParams.get(tokenParameter) ?? ""
  if (pushToken && !sameSecret(pushToken, given)) return false
  if (!pushServiceAccount) return true
  const audience = pushAudience ?? hookUrl
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization")?.trim() ?? "")?.[1]
  if (!token || !audience) return false
  const keyId = keyIdOf(token)
  if (keyId === undefined) return false
  try {
    const keys = await (await gmail()).keysWith(keyId)
    return isSigned(token, { keys, email: pushServiceAccount, audience, nowMs: clock.now() })
  } catch (error) {
    log.for("webhooks").warn("google's keys cannot be read, so no push is believed", { error })
    return false
  }
}

/** Answered once all that is new was taken: what went wrong is pushed again. */
export const answerPush = async (account: string, context: HookContext): Promise<Response> => {
  const { hooks, gmail, hold, log } = context
  const nothing = () => new Response(null, { status: 204 })
  if (account.toLowerCase() !== hooks.gmail.account?.toLowerCase()) {
    log.for("webhooks").warn("a push of another mailbox was left alone")
    return nothing()
  }
  hold()
  await (await gmail()).sync()
  return nothing()
}
