import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from "@ai-sdk/provider"
import type { OpenModel } from "../models/service.ts"
import type { Entry, Message, Usage } from "../sessions/message.ts"
import type { Transcript } from "../sessions/session.ts"
import { Candidates } from "./candidates.ts"
import { contextBudget, withinBudget } from "./context.ts"
import { emptyAnswer, tooManySteps } from "./faults.ts"
import type { Answer, Call } from "./model-call.ts"
import { callModel, hasBegun } from "./model-call.ts"
import { addUsage } from "./outcome.ts"
import type { Reply } from "./reply.ts"
import type { Task, Workshop } from "./task.ts"
import { toPrompt } from "./transcript.ts"

/** Model calls in one turn before it is taken for a loop. */
const mostSteps = 48
/** Transcript entries looked at for the prompt. */
const mostEntries = 400
/** As much of a tool's result as its event shows. */
const shownResult = 2000

/** What a call gets that was not made because someone steered the turn (contract 16 §6). */
const skipped = { ok: false, text: "Skipped due to queued user message." }

const messageOf = ({ message }: Entry) => message

/** What model and tools say to each other in one turn. */
export class Conversation {
  /** The model in use. */
  model: OpenModel | undefined
  usage: Usage | undefined
  /** The model call under way. */
  #answer: Answer | undefined
  #system = ""
  #earlier: Message[] | undefined
  readonly #own: Message[]
  #tools: LanguageModelV4FunctionTool[] = []
  readonly #candidates: Candidates

  constructor(
    private readonly task: Task,
    private readonly transcript: Transcript,
    private readonly begun: readonly Entry[],
    private readonly reply: Reply,
    private readonly shop: Workshop,
    private readonly signal: AbortSignal,
  ) {
    this.#own = begun.map(messageOf)
    const { runId, session, models, options } = task
    this.#candidates = new Candidates(
      options.model ? [options.model] : models,
      shop.models,
      (fallback) => {
        shop.log
          .for("agent")
          .warn("model failed, trying the next", { session: session.key, run: runId, ...fallback })
        reply.fallback(fallback)
      },
    )
  }

  /**
   * Goes on until the model asks for no more tools and gives its last words, which are not in the
   * transcript yet. Every step before is, and was before it was acted on.
   */
  async untilDone(): Promise<Extract<Message, { role: "assistant" }>> {
    for (let step = 0; step < mostSteps; step++) {
      if (step) this.reply.paragraph()
      const answer = await this.#ask()
      const spoken = this.#spoken(answer)
      if (answer.usage) this.reply.usage({ ...this.usage })
      if (!answer.calls.length) {
        const { provider, model } = this.model!
        if (this.reply.text.trim()) return spoken
        throw emptyAnswer({ provider, model, stopReason: answer.stopReason })
      }
      await this.#write(spoken)
      await this.#useAll(answer.calls)
    }
    throw tooManySteps({ steps: mostSteps })
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
        await callModel(model, this.#request(model), answer, this.#hear)
        this.#answer = undefined
        this.usage = addUsage(this.usage, answer.usage)
        return answer
      } catch (thrown) {
        if (this.signal.aborted || hasBegun(answer)) throw thrown
        this.#candidates.failed(this.shop.models.explain(thrown, model))
        this.model = undefined
      }
    }
  }

  async #take(): Promise<OpenModel> {
    const { briefing, directory } = this.shop
    const { agentId, session, options } = this.task
    const model = await this.#candidates.next()
    this.reply.model(model.provider, model.model)
    this.#tools = this.shop.toolbox
      .offered({ ...this.task.standing, model })
      .map(({ name, description, parameters }) => ({
        type: "function",
        name,
        description,
        inputSchema: parameters,
      }))
    this.#system = await briefing({
      agentId,
      sessionKey: session.key,
      tools: this.#tools.map(({ name }) => name),
      model,
      instructions: options.instructions,
    })
    this.#earlier ??= (
      await directory.history(this.transcript.sessionId, {
        limit: mostEntries,
        before: this.begun[0]?.seq,
        maxBytes: contextBudget(model.contextWindow),
      })
    ).map(messageOf)
    return (this.model = model)
  }

  #request(model: OpenModel): LanguageModelV4CallOptions & { abortSignal: AbortSignal } {
    const { thinking } = this.task.options
    const budget = contextBudget(model.contextWindow)
    const messages = withinBudget(this.#earlier ?? [], this.#own, budget)
    return {
      prompt: [{ role: "system", content: this.#system }, ...toPrompt(messages, model)],
      ...(this.#tools.length && { tools: this.#tools, toolChoice: { type: "auto" } }),
      ...(thinking && { reasoning: thinking === "off" ? "none" : thinking }),
      maxOutputTokens: model.maxOutputTokens,
      abortSignal: this.signal,
    }
  }

  readonly #hear = {
    text: (delta: string) => this.reply.assistant(delta),
    thinking: (delta: string) => this.reply.thinking(delta),
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
    const { ok, text } = await this.shop.toolbox.run(name, input, {
      ...standing,
      model: this.model,
      workspace,
      signal: this.signal,
      runId,
      toolCallId,
      progress: (text) => this.reply.tool({ phase: "update", name, toolCallId, text }),
    })
    await this.#putResult({ id: toolCallId, name }, { ok, text })
    const result = text.slice(0, shownResult).toWellFormed()
    this.reply.tool({ phase: "result", name, toolCallId, isError: !ok, result })
  }

  #putResult({ id, name }: Pick<Call, "id" | "name">, { ok, text }: { ok: boolean; text: string }) {
    return this.#write({
      role: "toolResult",
      toolCallId: id,
      toolName: name,
      content: [{ type: "text", text }],
      isError: !ok,
      timestamp: this.shop.clock.now(),
    })
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
