/** Events as requests: https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac } from "node:crypto"
import type { Clock } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import { within } from "../../kernel/deadline.ts"
import type { Delivery, Receive } from "./receive.ts"
import { eventsPayload } from "./wire.ts"
import { sameSecret } from "../../secrets/compare.ts"

const windowSeconds = 5 * 60
/** Slack waits three seconds; one that hears nothing in time is asked to deliver again. */
const answerMs = 2_500

/** Answers Slack's requests. Nothing of a body is understood before its signature was proven. */
export const createWebhook = (
  secret: string,
  receive: Receive,
  { alive, clock, log }: Pick<ConnectContext, "alive" | "clock" | "log">,
) => {
  const proven = createProof(secret, clock)

  const admits = (headers: Headers) => claimOf(headers, clock) !== undefined

  const handle = async (request: Request, body: Buffer): Promise<Response> => {
    const proof = proven(request.headers, body)
    if (!proof) return answer(401, "This request is not signed as Slack signs.")
    alive()
    const delivery = deliveryOf(request.headers.get("content-type") ?? "", body)
    if (!delivery) return answer(400, "This is no request that Slack sends.")
    const { challenge } = delivery
    if (challenge !== undefined) return answer(200, challenge)
    try {
      const told = await within(clock, answerMs, () => receive(delivery))
      proof.spent()
      return told ? Response.json(told) : answer(200, "")
    } catch (error) {
      log.warn("what slack delivered was not taken; it is asked to deliver again", { error })
      return answer(503, "It could not be taken just now.")
    }
  }
  return { handle, admits }
}

const answer = (status: number, text: string) =>
  new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } })

/** What the headers claim; undefined when they are not Slack's, or too old or new to be believed. */
const claimOf = (headers: Headers, clock: Clock) => {
  const at = headers.get("x-slack-request-timestamp") ?? ""
  const signature = headers.get("x-slack-signature") ?? ""
  const seconds = Math.floor(clock.now() / 1000)
  if (!/^\d{1,12}$/.test(at) || Math.abs(seconds - Number(at)) > windowSeconds) return undefined
  return /^v0=[0-9a-f]{64}$/.test(signature) ? { at, signature, seconds } : undefined
}

/** Signed with our secret, lately, and not answered before. */
const createProof = (secret: string, clock: Clock) => {
  const spent = new Map<string, number>()
  return (headers: Headers, body: Buffer): { spent(): void } | undefined => {
    const claim = claimOf(headers, clock)
    if (!claim) return undefined
    const { at, signature, seconds } = claim
    const wanted = `v0=${createHmac("sha256", secret).update(`v0:${at}:`).update(body).digest("hex")}`
    if (!sameSecret(wanted, signature)) return undefined
    for (const [one, until] of spent) if (until < seconds) spent.delete(one)
    if (spent.has(signature)) return undefined
    return { spent: () => void spent.set(signature, Number(at) + windowSeconds) }
  }
}

const deliveryOf = (
  contentType: string,
  body: Buffer,
): (Delivery & { challenge?: string }) | undefined => {
  try {
    if (/^application\/json\b/i.test(contentType)) {
      const payload: unknown = JSON.parse(body.toString())
      const { type, challenge } = eventsPayload.parse(payload)
      return {
        type: "events_api",
        payload,
        ...(type === "url_verification" && { challenge: challenge ?? "" }),
      }
    }
    if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) return undefined
    const form = new URLSearchParams(body.toString())
    const payload = form.get("payload")
    return payload === null
      ? { type: "slash_commands", payload: Object.fromEntries(form) }
      : { type: "interactive", payload: JSON.parse(payload) as unknown }
  } catch {
    return undefined
  }
}
