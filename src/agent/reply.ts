import { setImmediate } from "node:timers/promises"
import type { z } from "zod"
import type { Bus } from "../kernel/event.ts"
import type { Clock } from "../kernel/clock.ts"
import type { WireError } from "../kernel/fault.ts"
import type { Fallback } from "./candidates.ts"
import type { AgentStream } from "./events.ts"
import { maybeSilence, withoutSilence } from "./silence.ts"
import { agentEvent, chatEvent } from "./events.ts"
import type { TurnPart } from "./turns.ts"

/** Deltas closer together than this are merged; a long reply is repeated less often. */
const paceMs = (length: number) => Math.max(40, length / 500)

/** One turn as the outside sees it: merges deltas and numbers what it sends. */
export class Reply {
  /** All text of the turn so far; the parts between tool calls are paragraphs of it. */
  text = ""
  sessionId: string | undefined
  /** When it last showed a sign of life; undefined until it has begun. */
  movedAt: number | undefined
  /** Characters beside an acknowledgement that are left out with it; undefined where none is expected. */
  ack: number | undefined
  #unsent = ""
  #thoughts = ""
  #paragraph = false
  #seq = 0
  #cancel: (() => void) | undefined
  /** Resolves when events are no longer kept back. */
  readonly open: Promise<void>
  /** Events kept back until the acceptance was told; undefined from then on. */
  #held: (() => void)[] | undefined
  #muted = false
  #complete = false
  #silent = false
  readonly #listeners = new Set<(part: TurnPart) => void>()
  /** What was said before the acceptance was told, for whoever listens from then on. */
  #early: TurnPart[] | undefined
  /** Text that listeners were not told yet: it may become the word for silence. */
  #unheard = ""
  #heard = false

  constructor(
    private readonly turn: { runId: string; sessionKey: string; agentId: string },
    private readonly bus: Bus,
    private readonly clock: Clock,
    told?: Promise<unknown>,
  ) {
    if (told) {
      this.#held = []
      this.#early = []
    }
    this.open = told ? this.#releaseAfter(told) : Promise.resolve()
  }

  /** Whoever handed the message in reads the acceptance first: no event overtakes it. */
  async #releaseAfter(told: Promise<unknown>) {
    await told.catch(() => {})
    await setImmediate()
    const held = this.#held ?? []
    this.#held = undefined
    this.#early = undefined
    for (const emit of held) emit()
  }

  /** Tells a listener all there is to hear, without pacing it. */
  follow(listener: (part: TurnPart) => void) {
    const said = this.text.slice(0, this.text.length - this.#unheard.length)
    for (const part of this.#early ?? [{ type: "text" as const, delta: said }]) listener(part)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Says nothing more: the turn was given up on, whatever its work still comes to. */
  mute() {
    this.#cancel?.()
    this.#listeners.clear()
    this.#muted = true
  }

  started(at: number) {
    this.#agent("lifecycle", { phase: "start", startedAt: at })
  }

  model(provider: string, model: string) {
    this.#agent("lifecycle", { phase: "model", provider, model })
  }

  /** Something people are to know of the turn. */
  notice(text: string) {
    this.#agent("diagnostic", { level: "warn", text })
  }

  fallback({ from, to, error }: Fallback) {
    this.#agent("lifecycle", { phase: "fallback", from, to, error: error.message })
  }

  assistant(delta: string) {
    if (!delta) return
    this.movedAt = this.clock.now()
    this.#seq++
    const first = !this.text
    const added = this.#paragraph && !first ? `\n\n${delta}` : delta
    this.#paragraph = false
    this.text += added
    this.#unsent += added
    this.#unheard += added
    this.#voice()
    if (first) this.flush()
    else this.#flushSoon()
  }

  /** Text that follows is another paragraph: tools ran in between. */
  paragraph() {
    this.#paragraph = true
  }

  thinking(delta: string) {
    if (!delta) return
    this.movedAt = this.clock.now()
    this.#seq++
    this.#thoughts += delta
    this.#say({ type: "thinking", delta })
    this.#flushSoon()
  }

  /** A call that is left to the client. */
  call(id: string, name: string) {
    this.movedAt = this.clock.now()
    this.#say({ type: "call", id, name })
  }

  arguments(id: string, delta: string) {
    this.movedAt = this.clock.now()
    this.#say({ type: "arguments", id, delta })
  }

  tool(data: Record<string, unknown>) {
    this.flush()
    this.#agent("tool", data)
  }

  usage(data: Record<string, unknown>) {
    this.#agent("usage", data)
  }

  /** How the conversation is made short, before the reply or after it. */
  compaction(data: Record<string, unknown>) {
    this.movedAt = this.clock.now()
    this.#agent("compaction", data)
  }

  /** True when there is something to read. */
  get said() {
    return this.text.trim() !== "" || this.#silent
  }

  /** All has been said. The word for silence is taken out. */
  complete() {
    this.#complete = true
    const spoken = withoutSilence(this.text, this.ack)
    if (spoken !== this.text) {
      this.text = spoken
      this.#unsent = spoken && withoutSilence(this.#unsent)
      this.#unheard = spoken && withoutSilence(this.#unheard)
      this.#silent = !spoken
    }
    this.#voice()
  }

  /** What is said under a reply, to people only. One that says nothing has nothing under it. */
  footer(text: string | undefined) {
    if (!text || !this.text) return
    this.paragraph()
    this.assistant(text)
  }

  flush() {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#thoughts) {
      const delta = this.#thoughts
      this.#thoughts = ""
      this.#agent("thinking", { delta }, this.#seq)
    }
    // What may become the word for silence is kept back until it is clear that it does not.
    if (this.#unsent && (this.#complete || !maybeSilence(this.text, this.ack))) {
      const delta = this.#unsent
      this.#unsent = ""
      this.#agent("assistant", { text: this.text, delta }, this.#seq)
      this.#chat("delta", { deltaText: delta, message: this.#message() }, this.#seq)
    }
  }

  /** `answeredBy`: the turn that answered this message along with its own. */
  ended(state: "final" | "aborted", stopReason: string, startedAt: number, answeredBy?: string) {
    this.flush()
    const aborted = state === "aborted"
    const endedAt = this.clock.now()
    this.#agent("lifecycle", { phase: "end", startedAt, endedAt, stopReason, aborted })
    const message = this.text ? this.#message() : undefined
    this.#chat(state, { stopReason, message, ...(answeredBy && { answeredBy }) })
  }

  failed(error: WireError, stopReason: string, startedAt: number) {
    this.flush()
    const { code, hint } = (error.details ?? {}) as { code?: string; hint?: string }
    const endedAt = this.clock.now()
    this.#agent("lifecycle", { phase: "error", startedAt, endedAt, error: error.message })
    this.#chat("error", {
      stopReason,
      errorMessage: error.message,
      errorCode: code,
      errorHint: hint,
      message: this.text ? this.#message() : undefined,
    })
  }

  #voice() {
    this.#heard ||= this.#complete || !maybeSilence(this.text, this.ack)
    if (!this.#heard || !this.#unheard) return
    const delta = this.#unheard
    this.#unheard = ""
    this.#say({ type: "text", delta })
  }

  #say(part: TurnPart) {
    this.#early?.push(part)
    for (const listener of this.#listeners) listener(part)
  }

  #flushSoon() {
    this.#cancel ??= this.clock.after(paceMs(this.text.length), () => this.flush())
  }

  #message() {
    return {
      role: "assistant" as const,
      content: [{ type: "text" as const, text: this.text }],
      timestamp: this.clock.now(),
    }
  }

  #agent(stream: AgentStream, data: Record<string, unknown>, seq = ++this.#seq) {
    const { turn, sessionId } = this
    const ts = (this.movedAt = this.clock.now())
    const payload = { ...turn, sessionId, stream, data, seq, ts }
    this.#emit(() => this.bus.emit(agentEvent, payload))
  }

  #chat(
    state: "delta" | "final" | "aborted" | "error",
    more: Partial<z.infer<typeof chatEvent.payload>>,
    seq = ++this.#seq,
  ) {
    const payload = { ...this.turn, seq, state, ...more }
    this.#emit(() => this.bus.emit(chatEvent, payload))
  }

  #emit(emit: () => void) {
    if (this.#muted) return
    if (this.#held) this.#held.push(emit)
    else emit()
  }
}
