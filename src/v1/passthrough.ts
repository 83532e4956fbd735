import { toMessage } from "../agent/admitted.ts"
import { oneCallAtATime, toFunction, toolChoice } from "../agent/call-options.ts"
import { Candidates } from "../agent/candidates.ts"
import { meteredCall } from "../agent/metered-call.ts"
import { type Answer, hasBegun } from "../agent/model-call.ts"
import { type Pictures, toPrompt } from "../agent/transcript.ts"
import type { TurnPart } from "../agent/turns.ts"
import type { Picture, Said, TurnOptions } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Supplied } from "../kernel/service.ts"
import { Models, type OpenModel } from "../models/service.ts"
import { thinkingFor } from "../models/thinking.ts"
import type { Message } from "../sessions/message.ts"
import { Ledger } from "../usage/service.ts"
import { type Conversation, type Spoken, textOfParts } from "./words.ts"

/** What a route names in its `needs` to hand requests on to models. */
export const passthroughNeeds = { models: Models, ledger: Ledger, clock: Clock, log: Log }

interface Passed {
  /** Models to try, best first. */
  refs: readonly string[]
  agentId: string
  conversation: Conversation
  options: TurnOptions
  signal: AbortSignal
}

/** Who hears an answer as it comes, and may hold it up. */
export interface Hearing {
  hear(part: TurnPart): void
  room?(): Promise<void> | undefined
}

/**
 * Hands a conversation to a model and nothing else: no agent's prompt, tools or session. Keys and
 * profiles rotate and models fail over as in a turn, as long as nothing was heard.
 */
export const askModel = async (
  { refs, agentId, conversation, options, signal }: Passed,
  { hear, room }: Hearing,
  needs: Supplied<typeof passthroughNeeds>,
): Promise<Answer> => {
  const { models, ledger, clock, log } = needs
  const call = meteredCall(
    { ledger, clock },
    { kind: "passthrough", agentId, sessionKey: "passthrough" },
  )
  const candidates = new Candidates({
    refs,
    agentId,
    pin: undefined,
    models,
    clock,
    signal,
    tell: ({ from, to, error }) =>
      log.for("v1").warn("model failed, trying the next", { from, to, error }),
    keepTo: () => {},
  })
  const told = toTranscript(conversation, clock.now())
  for (;;) {
    const model = await candidates.next()
    const answer: Answer = { parts: [], calls: [], stopReason: "other" }
    const heard = new Set<string>()
    const begin = (id: string, name: string) => {
      heard.add(id)
      answer.told = true
      hear({ type: "call", id, name })
    }
    try {
      const request = { ...requestFor(model, { ...told, options }), abortSignal: signal }
      await call(model, request, answer, {
        text: (delta) => hear({ type: "text", delta }),
        thinking: (delta) => hear({ type: "thinking", delta }),
        call: begin,
        arguments: (id, delta) => hear({ type: "arguments", id, delta }),
        passes: true,
        room,
      })
      for (const { id, name, input } of answer.calls) {
        if (heard.has(id)) continue
        begin(id, name)
        hear({ type: "arguments", id, delta: input })
      }
      candidates.worked()
      return answer
    } catch (thrown) {
      if (signal.aborted) throw thrown
      const failure = models.explain(thrown, model)
      if (hasBegun(answer)) {
        await candidates.learnt(failure)
        throw failure
      }
      await candidates.failed(failure)
    }
  }
}

interface Told {
  messages: readonly Message[]
  instructions?: string
  pictures: Pictures
}

/** The conversation as a transcript that is nowhere kept. */
const toTranscript = ({ earlier, latest, instructions }: Conversation, at: number): Told => {
  const pictures = new Map<string, { mimeType: string; bytes: Uint8Array }>()
  const keep = (word: Exclude<Spoken, { role: "assistant" }>): Picture[] =>
    word.parts.flatMap((part) => {
      if (part.type === "text") return []
      const { mimeType, bytes } = part
      const mediaId = String(pictures.size)
      pictures.set(mediaId, { mimeType, bytes })
      return [{ mediaId, mimeType, width: 0, height: 0 }]
    })
  const toSaid = (word: Spoken): Said => {
    if (word.role === "assistant") return word
    const { parts, ...rest } = word
    return { ...rest, text: textOfParts(parts), pictures: keep(word) }
  }
  const messages = [...earlier, ...latest].map((word) => toMessage(toSaid(word), at))
  return { messages, pictures, ...(instructions && { instructions }) }
}

const requestFor = (
  model: OpenModel,
  { messages, instructions, pictures, options }: Told & { options: TurnOptions },
) => {
  const { sampling, clientTools, thinking } = options
  const thought = thinkingFor(model, thinking)
  const said = toPrompt(messages, model, pictures)
  const providerOptions = clientTools?.oneAtATime
    ? { ...thought.providerOptions, ...oneCallAtATime(model) }
    : thought.providerOptions
  return {
    ...thought,
    ...sampling,
    prompt: instructions ? [{ role: "system" as const, content: instructions }, ...said] : said,
    ...(providerOptions && { providerOptions }),
    ...(clientTools && {
      tools: clientTools.tools.map(toFunction),
      toolChoice: toolChoice(clientTools),
    }),
    maxOutputTokens: sampling?.maxOutputTokens ?? model.maxOutputTokens,
  }
}
