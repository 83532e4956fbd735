import { randomUUID } from "node:crypto"
import { inWords } from "../kernel/in-words.ts"
import { onFirstUse } from "../kernel/later.ts"
import * as z from "zod"
import { thinkingLevels } from "../kernel/channel.ts"
import type { Caller } from "../kernel/method.ts"
import { route, type RouteRequest } from "../kernel/route.ts"
import { wake } from "./act.ts"
import { mapped, started, transformed } from "./answer.ts"
import { deliveryOf } from "./delivery.ts"
import { badPayload, unknownHook } from "./faults.ts"
import { hookNeeds, type HookRequest } from "./needs.ts"
import { mappingsFor } from "./presets.ts"
import { deliveryId, isProven, reachable } from "./proof.ts"

const words = onFirstUse(() => z.string("must be text").trim().min(1, "must not be empty"))

const wakeBody = onFirstUse(() =>
  z.object({
    text: words().max(20_000).describe("What to tell the main session."),
    mode: z.enum(["now", "next-heartbeat"]).default("now").describe("When to act on it."),
  }),
)
const agentBody = onFirstUse(() =>
  z.object({
    message: words().max(200_000).describe("What to tell the agent."),
    name: z.string().trim().min(1).max(100).default("Hook").describe("What the log calls it."),
    agentId: z.string().max(100).optional().describe("Agent that answers."),
    sessionKey: z
      .string()
      .max(512)
      .optional()
      .describe("Session, where the config lets calls name one."),
    model: z.string().max(200).optional().describe("Model of this turn."),
    thinking: z.enum(thinkingLevels).optional().describe("How hard the model should think."),
    timeoutSeconds: z.int().min(1).max(172_800).optional().describe("Longest it may take."),
    deliver: z
      .boolean()
      .optional()
      .describe("Send the reply to a chat network, where one is known. Default: true."),
    channel: z
      .string()
      .max(64)
      .optional()
      .describe("Which; `last`, the default, is where the agent was last spoken to from."),
    to: z.string().max(200).optional().describe("Target there."),
  }),
)

export const receiveHook = route({
  method: "POST",
  path: "/hooks/:name",
  under: ({ hooks }) => hooks.path,
  summary: "A webhook: `wake`, `agent`, or a name the config gives a meaning.",
  body: () => z.union([wakeBody(), agentBody(), z.unknown()]),
  needs: hookNeeds,
  enabled: ({ hooks }) => hooks.enabled && Boolean(hooks.token?.trim()),
  longest: ({ hooks }) => hooks.maxBodyBytes,
  async authorize(context) {
    const { attempts, from } = context
    const waitMs = attempts.waitMs(from.address)
    if (waitMs)
      return {
        status: 429,
        code: "rate_limited",
        message: "Too many wrong attempts. Wait and try again.",
        headers: { "retry-after": String(Math.ceil(waitMs / 1000)) },
      }
    if ((await isProven(context)) || (await isPush(context))) {
      attempts.wasRight(from.address)
      return hookCaller(context)
    }
    attempts.wasWrong(from.address)
    return {
      status: 401,
      code: "unauthorized",
      message:
        "Send the header Authorization: Bearer <hook token>, or the signature this hook asks for.",
    }
  },
  refuse: ({ code, message, hint }) => ({ ok: false, error: { type: code, message, hint } }),
  async handle(context) {
    const { request, params, body } = context
    const path = params.name!
    const payload = parse(await body())
    const url = new URL(request.url)
    const facts = {
      payload,
      headers: request.headers,
      query: url.searchParams,
      path,
      now: new Date(context.clock.now()),
    }
    const mailbox =
      path === "gmail" && context.hooks.gmail.account && (await push()).accountOf(payload)
    if (mailbox) return (await push()).answerPush(mailbox, context)
    const id = await deliveryId(context)
    if (path === "wake") {
      const { text, mode } = fit(wakeBody(), payload)
      const begun = await wake({ text, mode, id, name: "wake", unsafe: false }, context)
      return Response.json({ ok: true, mode, ...begun })
    }
    if (path === "agent") {
      const { sessionKey, deliver, channel, to, ...work } = fit(agentBody(), payload)
      const session = { key: sessionKey, from: "request" as const }
      const delivery = await deliveryOf({ deliver, channel, to, agentId: work.agentId }, context)
      return started(context, { ...work, ...delivery, id, unsafe: false, session })
    }
    const challenge = slackChallenge(payload)
    const isSlack = mappingsFor(context.hooks, path).some(({ auth }) => auth?.scheme === "slack")
    if (isSlack && challenge !== undefined) return Response.json({ challenge })
    const source = (payload as { source?: unknown } | null)?.source
    const mapping = (await reachable(context)).find(
      ({ match }) => match.source === undefined || match.source === source,
    )
    if (!mapping) throw unknownHook({ name: path })
    const changed = await transformed(mapping, facts, context)
    return changed ? mapped(changed, facts, { id, context }) : new Response(null, { status: 204 })
  },
})

const push = () => import("./gmail/push.ts")
const isPush = async (context: HookRequest) =>
  context.params.name === "gmail" &&
  context.hooks.gmail.account !== undefined &&
  (await push()).isProvenPush(context)

/** Slack asks this of an address before it sends it anything (docs.slack.dev/reference/events/url_verification). */
const slackChallenge = (payload: unknown) => {
  const { type, challenge } = (payload ?? {}) as { type?: unknown; challenge?: unknown }
  return type === "url_verification" && typeof challenge === "string" ? challenge : undefined
}

/** A hook may do what its route does, and nothing by any other way. */
const hookCaller = ({ from }: RouteRequest): Caller => ({
  connection: randomUUID(),
  role: "operator",
  scopes: new Set(),
  clientId: "hook",
  clientMode: "hook",
  ip: from.address,
})

const parse = (body: Buffer): unknown => {
  if (!body.length) return {}
  try {
    return JSON.parse(body.toString("utf8"))
  } catch (error) {
    throw badPayload({ problem: "it is not JSON" }, error)
  }
}

const fit = <S extends z.ZodType>(schema: S, payload: unknown): z.output<S> => {
  const parsed = schema.safeParse(payload, { error: inWords })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue!.path.join(".")
  throw badPayload({ problem: at ? `${at}: ${issue!.message}` : `it ${issue!.message}` })
}
