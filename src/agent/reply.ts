import type { Bus } from "../kernel/event.ts"
import type { Clock } from "../kernel/clock.ts"
import type { WireError } from "../kernel/fault.ts"
import type { AgentStream } from "./events.ts"
import { agentEvent, chatEvent } from "./events.ts"

/** Deltas closer together than this are merged; a long reply is repeated less often. */
const paceMs = (length: number) => Math.max(40, length / 500)

/** One turn as the outside sees it: merges text deltas and numbers what it sends. */
export class Reply {
  /** All text of the turn so far; the parts between tool calls are paragraphs of it. */
  text = ""
  #unsent = ""
  #seq = 0
  #cancel: (() => void) | undefined

  constructor(
    private readonly turn: {
      runId: string
      sessionKey: string
      agentId: string
      sessionId: string
    },
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  started(at: number) {
    this.#agent("lifecycle", { phase: "start", startedAt: at })
  }

  model(provider: string, model: string) {
    this.#agent("lifecycle", { phase: "model", provider, model })
  }

  assistant(delta: string) {
    if (!delta) return
    this.#seq++
    const first = !this.text
    this.text += delta
    this.#unsent += delta
    if (first) this.flush()
    else this.#cancel ??= this.clock.after(paceMs(this.text.length), () => this.flush())
  }

  /** What follows is another paragraph, after tools ran. */
  paragraph() {
    if (this.text) this.assistant("\n\n")
  }

  thinking(delta: string) {
    this.#agent("thinking", { delta })
  }

  tool(data: Record<string, unknown>) {
    this.flush()
    this.#agent("tool", data)
  }

  usage(data: Record<string, unknown>) {
    this.#agent("usage", data)
  }

  flush() {
    this.#cancel?.()
    this.#cancel = undefined
    if (!this.#unsent) return
    const delta = this.#unsent
    this.#unsent = ""
    this.#agent("assistant", { text: this.text, delta }, this.#seq)
    this.#chat("delta", { deltaText: delta, message: this.#message() }, this.#seq)
  }

  ended(state: "final" | "aborted", stopReason: string, startedAt: number) {
    this.flush()
    const aborted = state === "aborted"
    const endedAt = this.clock.now()
    this.#agent("lifecycle", { phase: "end", startedAt, endedAt, stopReason, aborted })
    this.#chat(state, { stopReason, message: this.text ? this.#message() : undefined })
  }

  failed(error: WireError, startedAt: number) {
    this.flush()
    const { code, hint } = (error.details ?? {}) as { code?: string; hint?: string }
    const endedAt = this.clock.now()
    this.#agent("lifecycle", { phase: "error", startedAt, endedAt, error: error.message })
    this.#chat("error", {
      errorMessage: error.message,
      errorCode: code,
      errorHint: hint,
      message: this.text ? this.#message() : undefined,
    })
  }

  #message() {
    return {
      role: "assistant" as const,
      content: [{ type: "text" as const, text: this.text }],
      timestamp: this.clock.now(),
    }
  }

  #agent(stream: AgentStream, data: Record<string, unknown>, seq = ++this.#seq) {
    this.bus.emit(agentEvent, { ...this.turn, stream, data, seq, ts: this.clock.now() })
  }

  #chat(
    state: "delta" | "final" | "aborted" | "error",
    more: Partial<Parameters<Bus["emit"]>[1] & object>,
    seq = ++this.#seq,
  ) {
    const { runId, sessionKey, agentId } = this.turn
    this.bus.emit(chatEvent, { runId, sessionKey, agentId, seq, state, ...more })
  }
}
