import { agents, defaultAgentId } from "../agents/config.ts"
import { accountOf } from "../agent/requests.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { holds } from "../kernel/method.ts"
import { route } from "../kernel/route.ts"
import { GuardedFetch } from "../net/guarded-fetch.ts"
import { PageReader } from "../web/provide.ts"
import { answerNeeds, ask } from "./chat-answer.ts"
import { Endpoints } from "./config.ts"
import { notFullRights } from "./faults.ts"
import { Laggards } from "./laggards.ts"
import { openAiError } from "./refusal.ts"
import { parseBody } from "./request-body.ts"
import { answerStreamed, answerWhole } from "./responses-answer.ts"
import { createEnclosures } from "./responses-files.ts"
import { readInput } from "./responses-input.ts"
import { ResponseMemory } from "./responses-memory.ts"
import { type ResponseObject, responseShape } from "./responses-object.ts"
import { responseOptions } from "./responses-options.ts"
import { newId } from "./responses-output.ts"
import { createResponse } from "./responses-request.ts"
import { headerOf, readTarget } from "./target.ts"
import { readConversation, type Word } from "./words.ts"

export const responses = route({
  method: "POST",
  path: "/v1/responses",
  summary:
    "Answer a conversation, by an agent or by a model itself, as OpenAI's Responses API does.",
  body: createResponse,
  result: responseShape,
  needs: {
    ...answerNeeds,
    endpoints: Endpoints,
    agents,
    guarded: GuardedFetch,
    pages: PageReader,
    memory: ResponseMemory,
    laggards: Laggards,
    clock: Clock,
    log: Log,
  },
  enabled: ({ endpoints }) => endpoints.responses.enabled,
  longest: ({ endpoints }) => endpoints.responses.maxBodyBytes,
  refuse: openAiError,
  async handle(context) {
    const { caller, agents, directory, models, endpoints, guarded, pages, memory, clock } = context
    const { headers } = context.request
    const parsed = parseBody(createResponse, await context.body())
    if ("refused" in parsed) return parsed.refused
    const request = parsed.body
    const idempotencyKey = headers.get("idempotency-key")?.slice(0, 256) || undefined
    const target = readTarget(
      { headers, model: request.model, user: request.user, idempotencyKey },
      { agents, directory, models },
    )
    const model = headerOf(headers, "model")
    if ((model || target.kind === "model") && !holds(caller.scopes, "admin")) throw notFullRights()
    for (const ref of [model, ...(target.kind === "model" ? [target.ref] : [])])
      if (ref) models.check(ref)

    const gone = new AbortController()
    const signal = AbortSignal.any([context.signal, gone.signal])
    const asker = {
      caller: accountOf(caller),
      agentId: target.kind === "agent" ? target.agentId : "",
      endUser: request.user ?? null,
    }
    const previousId = request.previous_response_id ?? null
    context.hold()
    const earlier = previousId ? await memory.conversation(previousId, asker) : []
    const words = await readInput(request.input, {
      enclosures: createEnclosures({
        config: endpoints.responses,
        guarded,
        reader: pages,
        signal,
      }),
      recall: (id, param) => memory.item(id, asker, param),
      earlier,
      hasSession: target.kind === "agent" && !target.passing,
    })
    const instructions: Word[] = request.instructions
      ? [{ role: "system", text: request.instructions }]
      : []
    const answering = await ask(
      {
        target,
        conversation: readConversation([...instructions, ...earlier, ...words]),
        options: { ...responseOptions(request), ...(model && { model }) },
        others: [],
        agentId: target.kind === "agent" ? target.agentId : defaultAgentId(agents),
        caller,
        idempotencyKey,
        signal,
      },
      context,
    )
    const keep = async (response: ResponseObject) => {
      if (request.store === false) return
      try {
        await memory.keep({ asker, previousId, words, response })
      } catch (error) {
        context.log.for("v1").warn("a response was not kept", { response: response.id, error })
      }
    }
    const begun = { id: newId("resp"), createdAt: clock.now(), request }
    const asked = { answering, begun, clock, keep }
    return request.stream
      ? answerStreamed(asked, { during: context.during, laggards: context.laggards, gone })
      : answerWhole(asked)
  },
})
