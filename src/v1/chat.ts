import * as z from "zod"
import { agents, defaultAgentId } from "../agents/config.ts"
import { Clock } from "../kernel/clock.ts"
import { holds } from "../kernel/method.ts"
import { route, type RouteContext } from "../kernel/route.ts"
import { GuardedFetch } from "../net/guarded-fetch.ts"
import { PageReader } from "../web/provide.ts"
import { type Answering, answerNeeds, ask, type Ended } from "./chat-answer.ts"
import { ChatChunks, type Head, toSeconds, toUsage } from "./chat-chunks.ts"
import { type ChatRequest, chatRequest, optionsOf } from "./chat-request.ts"
import { readChatMessages } from "./chat-words.ts"
import { Endpoints } from "./config.ts"
import { Backlog } from "./backlog.ts"
import { EventStream, eventStreamHeaders } from "./event-stream.ts"
import { notFullRights } from "./faults.ts"
import { createFileReader } from "./files.ts"
import { Laggards } from "./laggards.ts"
import { createPictureLoader } from "./pictures.ts"
import { openAiError } from "./refusal.ts"
import { parseBody } from "./request-body.ts"
import { headerOf, readTarget } from "./target.ts"
import { readConversation } from "./words.ts"

/** A refusal within so long is an HTTP status, which clients retry by; later it is in the stream. */
const statusMs = 3_000

export const chatCompletions = route({
  method: "POST",
  path: "/v1/chat/completions",
  summary: "Answer a conversation, by an agent or by a model itself, as OpenAI's chat API does.",
  body: chatRequest,
  result: () =>
    z.object({
      id: z.string(),
      object: z.literal("chat.completion"),
      created: z.int(),
      model: z.string(),
      choices: z.array(z.unknown()),
      usage: z.object({
        prompt_tokens: z.int(),
        completion_tokens: z.int(),
        total_tokens: z.int(),
      }),
    }),
  needs: {
    ...answerNeeds,
    endpoints: Endpoints,
    agents,
    guarded: GuardedFetch,
    pages: PageReader,
    laggards: Laggards,
    clock: Clock,
  },
  enabled: ({ endpoints }) => endpoints.chatCompletions.enabled,
  longest: ({ endpoints }) => endpoints.chatCompletions.maxBodyBytes,
  refuse: openAiError,
  async handle(context) {
    const { request, caller, agents, directory, models, endpoints, guarded, pages } = context
    const parsed = parseBody(chatRequest, await context.body())
    if ("refused" in parsed) return parsed.refused
    const asked = parsed.body
    const idempotencyKey = request.headers.get("idempotency-key")?.slice(0, 256) || undefined
    const target = readTarget(
      { headers: request.headers, model: asked.model, user: asked.user, idempotencyKey },
      { agents, directory, models },
    )
    const model = headerOf(request.headers, "model")
    if ((model || target.kind === "model") && !holds(caller.scopes, "admin")) throw notFullRights()
    const others = target.kind === "model" ? (asked.models ?? []) : []
    const chosen = [...(model ? [model] : []), ...(target.kind === "model" ? [target.ref] : [])]
    for (const ref of [...chosen, ...others]) models.check(ref)

    const gone = new AbortController()
    const signal = AbortSignal.any([context.signal, gone.signal])
    const { maxUrlParts } = endpoints.chatCompletions
    const words = await readChatMessages(asked.messages, {
      picture: createPictureLoader({ guarded, maxAddresses: maxUrlParts, signal }),
      file: createFileReader(pages),
    })
    const conversation = readConversation(words)
    context.hold()
    const answering = await ask(
      {
        target,
        conversation,
        options: { ...optionsOf(asked), ...(model && { model }) },
        others,
        agentId: target.kind === "agent" ? target.agentId : defaultAgentId(agents),
        caller,
        idempotencyKey,
        signal,
      },
      context,
    )
    const head = { id: answering.id, model: asked.model ?? "fased", at: answering.at }
    if (!asked.stream)
      return whole(answering, { head, thoughts: showsThoughts(asked, target.kind) })
    return streamed(answering, {
      asked,
      head,
      target: target.kind,
      context,
      gone,
    })
  },
})

/** What an agent thinks is shown to those who ask for it. */
const showsThoughts = ({ reasoning_effort: effort }: ChatRequest, by: "agent" | "model") =>
  by === "model" || (effort ?? "none") !== "none"

const refusalOf = ({ refused }: Extract<Ended, { refused: unknown }>) =>
  Response.json(openAiError(refused), { status: refused.status, headers: refused.headers })

const whole = async (
  answering: Answering,
  { head, thoughts }: { head: Head; thoughts: boolean },
) => {
  let content = ""
  let reasoning = ""
  const calls = new Map<string, { name: string; arguments: string }>()
  const ended = await answering.run({
    hear(part) {
      if (part.type === "text") content += part.delta
      else if (part.type === "thinking") reasoning += part.delta
      else if (part.type === "call") calls.set(part.id, { name: part.name, arguments: "" })
      else calls.get(part.id)!.arguments += part.delta
    },
  })
  if ("refused" in ended) return refusalOf(ended)
  const toolCalls = [...calls].map(([id, call]) => ({ id, type: "function", function: call }))
  const message = {
    role: "assistant",
    content: content || (toolCalls.length ? null : ""),
    refusal: null,
    ...(thoughts && reasoning && { reasoning_content: reasoning }),
    ...(toolCalls.length && { tool_calls: toolCalls }),
  }
  return Response.json({
    id: head.id,
    object: "chat.completion",
    created: toSeconds(head.at),
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: ended.finish }],
    usage: toUsage(ended.usage),
  })
}

const streamed = async (
  answering: Answering,
  {
    asked,
    head,
    target,
    context: { clock, during, laggards },
    gone,
  }: {
    asked: ChatRequest
    head: Head
    target: "agent" | "model"
    context: { clock: Clock; during: RouteContext["during"]; laggards: Laggards }
    gone: AbortController
  },
) => {
  const stream = new EventStream({ clock, during, gone: () => gone.abort() })
  const chunks = new ChatChunks(stream, head, {
    usage: asked.stream_options?.include_usage ?? false,
    thoughts: showsThoughts(asked, target),
  })
  const backlog = new Backlog({
    stream,
    say: chunks.hear,
    cut: (why) => gone.abort(why),
    laggards,
    clock,
  })
  const begun = Promise.withResolvers<void>()
  const ended = answering.run({
    hear(part) {
      begun.resolve()
      backlog.hear(part)
    },
    room: backlog.room,
  })
  const cancel = clock.after(statusMs, begun.resolve)
  const early = await Promise.race([begun.promise, ended])
  cancel()
  if (early && "refused" in early) {
    stream.drop()
    return refusalOf(early)
  }
  const finish = async () => {
    const end = await ended
    await backlog.empty()
    if ("refused" in end) chunks.fail(end.refused)
    else chunks.finish(end.finish, end.usage)
  }
  void finish()
  return new Response(stream.body, { headers: eventStreamHeaders })
}
