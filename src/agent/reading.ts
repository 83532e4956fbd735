import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from "@ai-sdk/provider"
import type { OpenModel } from "../models/service.ts"
import { thinkingFor } from "../models/thinking.ts"
import type { Compaction } from "../sessions/compaction.ts"
import type { Entry, Message, Usage } from "../sessions/message.ts"
import type { Transcript } from "../sessions/session.ts"
import { mergeOptions, withCacheHints } from "./cache-hints.ts"
import { oneCallAtATime, sizeOf, toFunction, toolChoice } from "./call-options.ts"
import {
  contextBudget,
  type Earlier,
  lastTurns,
  readEarlier,
  roomOf,
  tokensOf,
  tokensOfBytes,
  weigh,
  withinBudget,
} from "./context.ts"
import { hasPictures, loadPictures } from "./pictures.ts"
import type { Task, Workshop } from "./task.ts"
import { type Pictures, toPrompt } from "./transcript.ts"

const nothing: Earlier = { entries: [], cut: false }

/** All that a model reads in one turn: the prompt, its tools, what was said before, the turn itself. */
export class Reading {
  /** True when some of the conversation found no room. */
  cut = false
  #system = ""
  #tools: LanguageModelV4FunctionTool[] = []
  #overhead = 0
  #earlier: Earlier | undefined
  #pictures: Pictures = new Map()
  /** How much of the room is used; less once a provider found it too much. */
  #share = 1
  readonly #before: number | undefined

  constructor(
    private readonly task: Task,
    private readonly transcript: Transcript,
    begun: readonly Entry[],
    private readonly shop: Workshop,
  ) {
    this.#before = begun[0]?.seq
  }

  /** Gets ready for a model: each has its own tools, prompt and room. */
  async prepare(model: OpenModel) {
    const { task, shop } = this
    const { session, agentId, options } = task
    const { clientTools } = options
    const clients = new Set(clientTools?.tools.map(({ name }) => name))
    const own = clientTools?.must ? [] : shop.toolbox.offered({ ...task.standing, model })
    this.#tools = [
      ...own.filter(({ name }) => !clients.has(name)).map(toFunction),
      ...(clientTools?.tools ?? []).map(toFunction),
    ]
    const brief = await shop.briefing({
      agentId,
      sessionKey: session.key,
      tools: this.#tools.map(({ name }) => name),
      model,
      thinking: options.thinking,
      reasoning: options.reasoning ?? session.overrides.reasoning,
      first: this.#before === 1,
      instructions: options.instructions,
      files: options.files,
      skills: options.skills,
    })
    this.#system = brief.text
    this.#overhead = this.#tools.reduce((sum, tool) => sum + sizeOf(tool), brief.text.length)
    this.#earlier ??= await this.#read(model)
  }

  async request(
    model: OpenModel,
    own: readonly Message[],
  ): Promise<Omit<LanguageModelV4CallOptions, "abortSignal">> {
    const { shop, transcript, task } = this
    const messages = this.#messages(model, own)
    if (hasPictures(messages))
      this.#pictures = await loadPictures(messages, {
        media: shop.media,
        sessionKey: transcript.key,
        known: this.#pictures,
      })
    const said = toPrompt(messages, model, this.#pictures)
    const hints = withCacheHints(
      [{ role: "system", content: this.#system }, ...said],
      model,
      transcript.sessionId,
    )
    const thinking = thinkingFor(model, task.options.thinking)
    const { sampling, clientTools } = task.options
    const providerOptions = mergeOptions(
      hints.providerOptions,
      thinking.providerOptions,
      clientTools?.oneAtATime ? oneCallAtATime(model) : undefined,
    )
    return {
      ...thinking,
      ...sampling,
      prompt: hints.prompt,
      ...(providerOptions && { providerOptions }),
      ...(this.#tools.length && { tools: this.#tools, toolChoice: toolChoice(clientTools) }),
      maxOutputTokens: sampling?.maxOutputTokens ?? model.maxOutputTokens,
    }
  }

  /**
   * The provider found it too long: tells what came before the turn in short and reads again. Where
   * that cannot be done, half of it is left out.
   */
  async shorten(model: OpenModel, signal: AbortSignal): Promise<Compaction | null> {
    const { shop, transcript, task } = this
    try {
      const done = await shop.compactor.compact({
        transcript,
        reason: "overflow-retry",
        model,
        agentId: task.agentId,
        before: this.#before,
        signal,
      })
      if (!done) this.#share /= 2
      this.#earlier = await this.#read(model)
      return done
    } catch (error) {
      signal.throwIfAborted()
      this.#share /= 2
      throw error
    }
  }

  /** How full the context is: as the provider counted it, else by the length of what it read. */
  fullness(usage: Usage | undefined, own: readonly Message[]) {
    if (usage?.totalTokens) return usage.totalTokens
    const { summary, entries } = this.#earlier ?? nothing
    const earlier = [...(summary ? [summary] : []), ...entries.map(({ message }) => message)]
    return tokensOf([...earlier, ...own]) + tokensOfBytes(this.#overhead)
  }

  #budget(model: OpenModel) {
    const room = roomOf(model, this.shop.config().defaults)
    return Math.floor(contextBudget(room, this.#overhead) * this.#share)
  }

  #read(model: OpenModel) {
    const where = { before: this.#before, budget: this.#budget(model) }
    const { earlierTurns } = this.task.options
    return readEarlier(this.transcript.sessionId, where, this.shop).then((earlier) =>
      earlierTurns === undefined ? earlier : lastTurns(earlier, earlierTurns),
    )
  }

  #messages(model: OpenModel, own: readonly Message[]) {
    const { summary, entries, cut } = this.#earlier ?? nothing
    const earlier = entries.map(({ message }) => message)
    const told = summary ? [summary] : []
    const budget = this.#budget(model) - told.reduce((sum, message) => sum + weigh(message), 0)
    const fitting = withinBudget(earlier, own, budget)
    this.cut = cut || fitting.length < earlier.length + own.length
    return this.shop.prune([...told, ...fitting], {
      sessionId: this.transcript.sessionId,
      model,
      window: roomOf(model, this.shop.config().defaults).window,
      settings: this.shop.config().defaults.contextPruning,
      now: this.shop.clock.now(),
    })
  }
}
