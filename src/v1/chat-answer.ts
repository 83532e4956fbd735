import { randomUUID } from "node:crypto"
import { handedOver } from "../agent/outcome.ts"
import type { TurnOptions } from "../kernel/channel.ts"
import { Fault } from "../kernel/fault.ts"
import type { Caller } from "../kernel/method.ts"
import type { Refused } from "../kernel/route.ts"
import type { Supplied } from "../kernel/service.ts"
import type { Usage } from "../sessions/message.ts"
import type { FinishReason } from "./chat-chunks.ts"
import { stopped } from "./faults.ts"
import { askModel, type Hearing, passthroughNeeds } from "./passthrough.ts"
import { refusedFor, refusedForTurn } from "./refusal.ts"
import type { Target } from "./target.ts"
import { askAgent, turnNeeds } from "./turn.ts"
import type { Conversation } from "./words.ts"

export const answerNeeds = { ...turnNeeds, ...passthroughNeeds }

/** How an answer ended. */
export type Ended =
  { finish: FinishReason; usage: Usage | undefined } | { refused: Refused; usage?: undefined }

/** An answer that is on its way. */
export interface Answering {
  id: string
  at: number
  /** To miss nothing, call it at once. Never throws. */
  run(hearing: Hearing): Promise<Ended>
}

interface Ask {
  target: Target
  conversation: Conversation
  options: TurnOptions
  /** Models to try after the one that is asked for. */
  others: readonly string[]
  /** Whose settings and keys hold where a model is asked for by itself. */
  agentId: string
  caller: Caller
  idempotencyKey?: string
  signal: AbortSignal
}

/** Has a request answered by whom it is for: an agent, or a model by itself. */
export const ask = async (
  { target, others, agentId, ...asked }: Ask,
  needs: Supplied<typeof answerNeeds>,
): Promise<Answering> => {
  if (target.kind === "model") {
    const passed = { ...asked, agentId, refs: [target.ref, ...others] }
    return {
      id: `chatcmpl_${randomUUID()}`,
      at: needs.clock.now(),
      run: (hearing) => runModel(passed, hearing, needs),
    }
  }
  const turn = await askAgent({ ...asked, target }, needs)
  return {
    id: `chatcmpl_${turn.runId}`,
    at: turn.acceptedAt,
    run: ({ hear }) => runTurn(turn, hear),
  }
}

const runModel = async (
  passed: Parameters<typeof askModel>[0],
  hearing: Hearing,
  needs: Supplied<typeof answerNeeds>,
): Promise<Ended> => {
  try {
    const { stopReason, usage } = await askModel(passed, hearing, needs)
    return { finish: finishes[stopReason] ?? "stop", usage }
  } catch (error) {
    return failed(error, passed.signal, needs)
  }
}

const runTurn = async (
  turn: Awaited<ReturnType<typeof askAgent>>,
  hear: Hearing["hear"],
): Promise<Ended> => {
  const heard = { text: "", calls: new Set<string>() }
  try {
    const outcome = await turn.follow((part) => {
      if (part.type === "text") heard.text += part.delta
      if (part.type === "call") heard.calls.add(part.id)
      hear(part)
    })
    if (outcome.status === "error") return { refused: refusedForTurn(outcome) }
    if (outcome.status === "aborted") return { refused: refusedFor(stopped()) }
    // Of a turn that was over already nothing was heard.
    if (!heard.text && outcome.text) hear({ type: "text", delta: outcome.text })
    for (const { id, name, arguments: args } of outcome.calls ?? []) {
      if (heard.calls.has(id)) continue
      hear({ type: "call", id, name })
      hear({ type: "arguments", id, delta: typeof args === "string" ? args : JSON.stringify(args) })
    }
    return { finish: finishes[outcome.stopReason] ?? "stop", usage: outcome.usage }
  } catch (error) {
    return { refused: refusedFor(error) }
  }
}

const failed = (
  error: unknown,
  signal: AbortSignal,
  { log }: Pick<Supplied<typeof answerNeeds>, "log">,
): Ended => {
  // Providers fail in words of their own when the client hangs up.
  if (signal.aborted && !(error instanceof Fault)) return { refused: refusedFor(stopped()) }
  const refused = refusedFor(error)
  if (refused.code === "internal") log.for("v1").error("a model could not be asked", { error })
  return { refused }
}

const finishes: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  toolUse: "tool_calls",
  [handedOver]: "tool_calls",
  filtered: "content_filter",
}
