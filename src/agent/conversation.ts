import { Fault } from "../kernel/fault.ts"
import type { ToolPart } from "../kernel/tool-content.ts"
import { contextOverflow } from "../models/faults.ts"
import type { OpenModel } from "../models/service.ts"
import type { AssistantPart, Entry, Message, SeenPart, Usage } from "../sessions/message.ts"
import { textOf } from "../sessions/message.ts"
import type { Transcript } from "../sessions/session.ts"
import { overBudget } from "../usage/faults.ts"
import { addCosts } from "../usage/price.ts"
import { Candidates } from "./candidates.ts"
import { emptyAnswer, tooManySteps } from "./faults.ts"
import type { Answer, Call, Hearer } from "./model-call.ts"
import { type MeteredCall, meteredCall } from "./metered-call.ts"
import { hasBegun } from "./model-call.ts"
import { addUsage, handedOver } from "./outcome.ts"
import type { Reply } from "./reply.ts"
import { hasPictures } from "./pictures.ts"
import { Reading } from "./reading.ts"
import { withoutSilence } from "./silence.ts"
import type { Task, Workshop } from "./task.ts"

/** Model calls in one turn before it is taken for a loop. */
const mostSteps = 48
/** As much of a tool's result as its event shows. */
const shownResult = 2000
/** As much of a failure as a person is told when the model says nothing. */
const shownFailure = 400

type Spoken = Extract<Message, { role: "assistant" }>

/** What a call gets that was not made because someone steered the turn (contract 16 §6). */
const skipped: Result = { ok: false, text: "Skipped due to queued user message." }

interface Result {
  ok: boolean
  text: string
  /** Also what it shows. */
  content?: readonly ToolPart[]
}

const messageOf = ({ message }: Entry) => message

/** What the clock starts is in the books as a task: it can be capped apart. */
const kindFor = ({ surface }: Task["standing"]) => (surface === "cron" ? "task" : "turn")

/** The part without the words for silence. */
const audible = (part: AssistantPart, ack: number | undefined): AssistantPart[] => {
  if (part.type !== "text") return [part]
  const text = withoutSilence(part.text, ack)
  return text ? [{ ...part, text }] : []
}

/** What model and tools say to each other in one turn. */
export class Conversation {
  /** The model in use. */
  model: OpenModel | undefined
  usage: Usage | undefined
  /** The model call under way. */
  #answer: Answer | undefined
  readonly #own: Message[]
  readonly #reading: Reading
  #shortened = false
  readonly #clientTools: ReadonlySet<string>
  /** Calls the client was told of, and what of their arguments. */
  readonly #told = new Map<string, string>()
  readonly #candidates: Candidates
  readonly #call: MeteredCall
  /** What the calls of the turn cost; undefined when that is not known of all of them. */
  micros: number | undefined = 0

  constructor(
    private readonly task: Task,
    private readonly transcript: Transcript,
    begun: readonly Entry[],
    private readonly reply: Reply,
    private readonly shop: Workshop,
    private readonly signal: AbortSignal,
  ) {
    this.#own = begun.map(messageOf)
    this.#reading = new Reading(task, transcript, begun, shop)
    const { runId, agentId, session, options, standing } = task
    this.#clientTools = new Set(options.clientTools?.tools.map(({ name }) => name))
    const { key: sessionKey, sessionId } = transcript
    this.#call = meteredCall(shop, {
      kind: kindFor(standing),
      agentId,
      sessionKey,
      sessionId,
      runId,
    })
    this.#candidates = new Candidates({
      refs: this.#refs(),
      agentId,
      pin: session.overrides.authProfile,
      models: shop.models,
      clock: shop.clock,
      signal,
      tell: (fallback) => {
        shop.log
          .for("agent")
          .warn("model failed, trying the next", { session: session.key, run: runId, ...fallback })
        reply.fallback(fallback)
      },
      keepTo: (id) => {
        const authProfile = { id, source: "auto" as const }
        shop.directory.patch(session.key, { overrides: { authProfile } }).catch((error: unknown) =>
          shop.log.for("agent").warn("the profile in use was not noted", {
            session: session.key,
            error,
          }),
        )
      },
    })
  }

  /**
   * Goes on until the model asks for no more tools and gives its last words, which are not in the
   * transcript yet. Every step before is, and was before it was acted on.
   */
  async untilDone(): Promise<Spoken> {
    for (let step = 0; step < mostSteps; step++) {
      if (step) this.reply.paragraph()
      const answer = await this.#ask()
      const spoken = this.#spoken(answer)
      if (answer.usage) this.reply.usage({ ...this.usage })
      if (!answer.calls.length) return this.#lastWords(spoken)
      const own = answer.calls.filter(({ name }) => !this.#isClients(name))
      if (own.length < answer.calls.length) return this.#handOver(spoken, own)
      await this.#write(spoken)
      await this.#useAll(answer.calls)
    }
    throw tooManySteps({ steps: mostSteps })
  }

  /** How full the context is, and whether all of the conversation found room. */
  get context() {
    const { cut } = this.#reading
    return { contextTokens: this.#reading.fullness(this.usage, this.#own), cut }
  }

  /**
   * The end of the turn as people get it. A model that says nothing after its tools has either done
   * what was asked, or leaves a failure without a word.
   */
  #lastWords(spoken: Spoken): Spoken {
    this.reply.complete()
    if (this.reply.said) return { ...spoken, content: this.#audible(spoken) }
    const last = this.#own.findLast((message) => message.role === "toolResult")
    if (!last || spoken.stopReason !== "stop") {
      const { provider, model } = this.model!
      throw emptyAnswer({ provider, model, stopReason: spoken.stopReason ?? "other" })
    }
    if (!last.isError) return spoken
    const text = `⚠️ ${last.toolName} failed: ${textOf(last).slice(0, shownFailure).toWellFormed()}`
    this.reply.assistant(text)
    return { ...spoken, content: [...spoken.content, { type: "text", text }] }
  }

  /**
   * The end of a turn whose calls the client makes. The agent's own calls of the same answer come
   * first, so that all of them have their results.
   */
  async #handOver(spoken: Spoken, own: readonly Call[]): Promise<Spoken> {
    this.reply.complete()
    const isClients = (part: AssistantPart) =>
      part.type === "toolCall" && this.#isClients(part.name)
    const last = { ...spoken, stopReason: handedOver }
    if (!own.length) return { ...last, content: this.#audible(spoken) }
    await this.#write({ ...spoken, content: spoken.content.filter((part) => !isClients(part)) })
    await this.#useAll(own)
    return { ...last, content: spoken.content.filter(isClients), usage: undefined }
  }

  #audible({ content }: Spoken) {
    return content.flatMap((part) => audible(part, this.task.options.ack))
  }

  #isClients(name: string) {
    return this.#clientTools.has(name)
  }

  /** What the call under way had said when the turn ended early. Calls that were not made are left out. */
  partial(stopReason: "aborted" | "error", errorMessage?: string): Message {
    return {
      role: "assistant",
      content: (this.#answer?.parts ?? []).filter((part) => part.type === "text" && part.text),
      provider: this.model?.provider,
      model: this.model?.model,
      stopReason,
      errorMessage,
      timestamp: this.shop.clock.now(),
    }
  }

  /** One answer, from the first model that begins to give one. */
  async #ask(): Promise<Answer> {
    for (;;) {
      const model = this.model ?? (await this.#take())
      const answer: Answer = { parts: [], calls: [], stopReason: "other" }
      this.#answer = answer
      try {
        const request = await this.#reading.request(model, this.#own)
        const options = { ...request, abortSignal: this.signal }
        const charge = await this.#call(model, options, answer, this.#hear)
        this.#tellWhole(answer.calls)
        this.#answer = undefined
        this.micros = addCosts(this.micros, charge)
        this.#candidates.worked()
        this.usage = addUsage(this.usage, answer.usage)
        return answer
      } catch (thrown) {
        if (this.signal.aborted || overBudget.is(thrown)) throw thrown
        const failure = this.shop.models.explain(thrown, model)
        if (hasBegun(answer)) {
          await this.#candidates.learnt(failure)
          throw failure
        }
        if (contextOverflow.is(failure) && !this.#shortened) {
          await this.#shorten(model)
          continue
        }
        await this.#candidates.failed(failure)
        this.model = undefined
      }
    }
  }

  async #take(): Promise<OpenModel> {
    const model = await this.#candidates.next()
    this.reply.model(model.provider, model.model)
    await this.#reading.prepare(model)
    return (this.model = model)
  }

  /** Models to try, best first; for pictures, those that can look at them. */
  #refs(): readonly string[] {
    const { agentId, session, models, options } = this.task
    if (options.model) return [options.model]
    if (!hasPictures(this.#own)) return models
    const { model } = session.overrides
    return this.shop.models.choose({ agentId, session: model, pictures: true }).refs
  }

  /** The conversation was too long for the model: once in a turn it is made short and asked again. */
  async #shorten(model: OpenModel) {
    this.#shortened = true
    const reason = "overflow-retry"
    this.reply.compaction({ phase: "start", reason, willRetry: true })
    try {
      const done = await this.#reading.shorten(model, this.signal)
      const { id, tokensBefore, tokensAfter } = done ?? {}
      const told = { phase: "end", willRetry: true, checkpointId: id, tokensBefore, tokensAfter }
      this.reply.compaction(told)
    } catch (thrown) {
      if (this.signal.aborted) throw thrown
      const error = this.shop.models.explain(thrown, model)
      const { key } = this.transcript
      this.shop.log.for("agent").warn("context could not be compacted", { session: key, error })
      const why = error instanceof Fault ? error.message : "The log has the details."
      const note = `${why} The oldest part is left out for now.`
      this.reply.compaction({ phase: "end", willRetry: true, error: note })
    }
  }

  readonly #hear: Hearer = {
    text: (delta) => this.reply.assistant(delta),
    thinking: (delta) => this.reply.thinking(delta),
    call: (id, name) => {
      if (!this.#isClients(name)) return
      this.#told.set(id, "")
      this.#answer!.told = true
      this.reply.call(id, name)
    },
    arguments: (id, delta) => {
      const before = this.#told.get(id)
      if (before === undefined) return
      this.#told.set(id, before + delta)
      this.reply.arguments(id, delta)
    },
  }

  /** Not every provider's calls come bit by bit. */
  #tellWhole(calls: readonly Call[]) {
    for (const { id, name, input } of calls) {
      if (!this.#isClients(name)) continue
      const told = this.#told.get(id)
      if (told === undefined) this.reply.call(id, name)
      if (!told) this.reply.arguments(id, input)
    }
  }

  /** Makes the calls of one answer in turn. What steers the turn takes the place of those left. */
  async #useAll(calls: readonly Call[]) {
    for (const [at, call] of calls.entries()) {
      await this.#use(call)
      const said = this.task.steered()
      if (!said.length) continue
      for (const { id, name } of calls.slice(at + 1)) await this.#putResult({ id, name }, skipped)
      for (const message of said) await this.#write(message)
      return
    }
  }

  /** Makes one call; its result is in the transcript when this returns. */
  async #use({ id: toolCallId, name, input, arguments: args }: Call) {
    const { workspace, standing, runId } = this.task
    this.reply.tool({ phase: "start", name, toolCallId, args })
    const result: Result = await this.shop.toolbox.run(name, input, {
      ...standing,
      model: this.model,
      workspace,
      signal: this.signal,
      runId,
      toolCallId,
      progress: (text) => this.reply.tool({ phase: "update", name, toolCallId, text }),
    })
    await this.#putResult({ id: toolCallId, name }, result)
    const shown = result.text.slice(0, shownResult).toWellFormed()
    this.reply.tool({ phase: "result", name, toolCallId, isError: !result.ok, result: shown })
  }

  async #putResult({ id, name }: Pick<Call, "id" | "name">, { ok, text, content }: Result) {
    return this.#write({
      role: "toolResult",
      toolCallId: id,
      toolName: name,
      content: content ? await this.#kept(content, name) : [{ type: "text", text }],
      isError: !ok,
      timestamp: this.shop.clock.now(),
    })
  }

  /** What a tool shows, its pictures kept by name. One that cannot be is told of instead. */
  #kept(content: readonly ToolPart[], tool: string): Promise<SeenPart[]> {
    const { media } = this.shop
    const keep = async (part: ToolPart): Promise<SeenPart> => {
      if (part.type === "text") return part
      try {
        const name = `the picture of ${tool}`
        return { type: "image", ...(await media.keep(this.transcript.key, part.data, name)) }
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        return { type: "text", text: `[not shown: ${error.message}]` }
      }
    }
    return Promise.all(content.map(keep))
  }

  async #write(message: Message) {
    await this.shop.directory.append(this.transcript, this.task.runId, [message])
    this.#own.push(message)
  }

  #spoken({ parts, usage, stopReason }: Answer) {
    return {
      role: "assistant" as const,
      content: parts,
      provider: this.model?.provider,
      model: this.model?.model,
      usage,
      stopReason,
      timestamp: this.shop.clock.now(),
    }
  }
}
