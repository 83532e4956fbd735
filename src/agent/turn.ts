import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider"
import type { TurnOptions } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import { toWireError } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Models, OpenModel } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Message, Usage } from "../sessions/message.ts"
import type { Session } from "../sessions/store.ts"
import type { Toolbox } from "../tools/toolbox.ts"
import { deadlinePassed, tooManySteps } from "./faults.ts"
import type { Answer } from "./model-call.ts"
import { callModel } from "./model-call.ts"
import type { Reply } from "./reply.ts"
import { historyBudget, newestTurns, toPrompt } from "./transcript.ts"
import type { Outcome, Stop } from "./turns.ts"

/** What a turn works with. */
export interface Workshop {
  models: Models
  toolbox: Toolbox
  directory: Directory
  clock: Clock
  log: Log
  /** The agent's system prompt for this turn. */
  systemPrompt(about: {
    agentId: string
    workspace: string
    tools: readonly string[]
    model: OpenModel
    instructions?: string
  }): string
}

export interface Task {
  runId: string
  session: Session
  agentId: string
  workspace: string
  /** What was asked. */
  text: string
  idempotencyKey: string
  /** True when an operator asked; owner-only tools need it. */
  owner: boolean
  /** Models to try, best first; empty for the default one. */
  models: string[]
  options: TurnOptions
  timeoutMs: number
}

/** Model calls in one turn before it is taken for a loop. */
const mostSteps = 48
/** Transcript entries looked at for the prompt. */
const mostEntries = 400

/**
 * Runs one turn: prompt, model, tools, until the model has no more to do. Each step is in the
 * transcript before it is acted on, so a turn that a crash cut short can be taken up again.
 * Returns null when the process is going down: the turn stays unanswered and is run again.
 */
export const runTurn = async (
  task: Task,
  reply: Reply,
  shop: Workshop,
  stop: AbortSignal,
): Promise<Outcome | null> => {
  const { runId, session, agentId } = task
  const { directory, clock } = shop
  const startedAt = clock.now()
  const timeout = new AbortController()
  const cancelTimeout = clock.after(task.timeoutMs, () => timeout.abort("deadline" satisfies Stop))
  const signal = AbortSignal.any([stop, timeout.signal])
  const state: Progress = { answer: undefined, model: undefined, usage: undefined }
  const log = shop.log.for("agent")

  const outcome = (status: Outcome["status"], stopReason: string): Outcome => ({
    runId,
    sessionKey: session.key,
    agentId,
    sessionId: session.sessionId,
    status,
    text: reply.text,
    stopReason,
    startedAt,
    endedAt: clock.now(),
    provider: state.model?.provider,
    model: state.model?.model,
    usage: state.usage,
  })
  const record = (status: "done" | "aborted" | "error") =>
    directory.turnEnded(session, {
      runId,
      status,
      provider: state.model?.provider,
      model: state.model?.model,
      usage: state.usage,
    })

  try {
    await directory.turnStarted(session, runId)
    reply.started(startedAt)
    await ask(task, shop)
    const stopReason = await converse(task, reply, shop, state, signal)
    await record("done")
    reply.ended("final", stopReason, startedAt)
    const { provider, model } = state.model ?? {}
    const ms = clock.now() - startedAt
    log.info("turn finished", {
      session: session.key,
      run: runId,
      model: `${provider}/${model}`,
      ms,
    })
    return outcome("ok", stopReason)
  } catch (thrown) {
    const why = signal.aborted ? (signal.reason as Stop) : undefined
    if (why === "shutdown") return null
    if (why === "user") {
      await keepPartial(task, shop, state, "aborted")
      await record("aborted")
      reply.ended("aborted", "aborted", startedAt)
      log.info("turn aborted", { session: session.key, run: runId })
      return outcome("aborted", "aborted")
    }
    const cause = why === "deadline" ? deadlinePassed({ seconds: task.timeoutMs / 1000 }) : thrown
    const explained = state.model ? shop.models.explain(cause, state.model) : cause
    const error = toWireError(explained)
    log.error("turn failed", { session: session.key, run: runId, error: explained })
    await keepPartial(task, shop, state, "error", error.message).catch((failure: unknown) =>
      log.error("a failed turn could not be written down", { run: runId, error: failure }),
    )
    await record("error").catch(() => {})
    reply.failed(error, startedAt)
    return { ...outcome("error", why === "deadline" ? "timeout" : "error"), error }
  } finally {
    cancelTimeout()
  }
}

interface Progress {
  /** The model call under way. */
  answer: Answer | undefined
  model: OpenModel | undefined
  usage: Usage | undefined
}

/** Writes the question down, unless a turn that was cut short already did. */
const ask = async (
  { runId, session, text, idempotencyKey }: Task,
  { directory, clock }: Workshop,
) => {
  const written = await directory.ofRun(session.sessionId, runId)
  if (written.length) return
  const question: Message = {
    role: "user",
    content: text,
    timestamp: clock.now(),
    idempotencyKey: `${idempotencyKey}:user`,
  }
  await directory.append(session, runId, [question])
}

/** Model and tools in turns until the model stops asking for tools; gives the stop reason. */
const converse = async (
  task: Task,
  reply: Reply,
  shop: Workshop,
  state: Progress,
  signal: AbortSignal,
) => {
  const { runId, session, agentId, workspace, owner, options } = task
  const { directory, toolbox, clock } = shop
  const model = (state.model = await openFirst(task, shop))
  reply.model(model.provider, model.model)
  const offered = toolbox.offered({ owner })
  const system = shop.systemPrompt({
    agentId,
    workspace,
    tools: offered.map(({ name }) => name),
    model,
    instructions: options.instructions,
  })
  const tools = offered.map(({ name, description, parameters }): LanguageModelV4FunctionTool => ({
    type: "function",
    name,
    description,
    inputSchema: parameters,
  }))
  for (let step = 0; step < mostSteps; step++) {
    signal.throwIfAborted()
    const entries = await directory.history(session.sessionId, { limit: mostEntries })
    const history = newestTurns(entries, historyBudget(model.contextWindow))
    const answer: Answer = (state.answer = { parts: [], calls: [], stopReason: "other" })
    if (step) reply.paragraph()
    await callModel(
      model,
      {
        prompt: [{ role: "system", content: system }, ...toPrompt(history, model.provider)],
        ...(tools.length && { tools, toolChoice: { type: "auto" as const } }),
        abortSignal: signal,
        ...(options.thinking && {
          reasoning: options.thinking === "off" ? ("none" as const) : options.thinking,
        }),
        maxOutputTokens: model.maxOutputTokens,
      },
      answer,
      { text: (delta) => reply.assistant(delta), thinking: (delta) => reply.thinking(delta) },
    )
    state.answer = undefined
    addUsage(state, answer)
    await directory.append(session, runId, [spoken(answer, state, clock.now())])
    if (answer.usage) reply.usage({ ...state.usage })
    if (!answer.calls.length) return answer.stopReason
    for (const call of answer.calls) {
      reply.tool({ phase: "start", name: call.name, toolCallId: call.id, args: call.arguments })
      const result = await toolbox.run(call.name, call.input, {
        agentId,
        sessionKey: session.key,
        workspace,
        owner,
        signal,
      })
      const done: Message = {
        role: "toolResult",
        toolCallId: call.id,
        toolName: call.name,
        content: [{ type: "text", text: result.text }],
        isError: !result.ok,
        timestamp: clock.now(),
      }
      await directory.append(session, runId, [done])
      reply.tool({
        phase: "result",
        name: call.name,
        toolCallId: call.id,
        isError: !result.ok,
        result: result.text.slice(0, 2000),
      })
    }
  }
  throw tooManySteps({ steps: mostSteps })
}

/** The first model of the list that can be opened; the last one's problem when none can. */
const openFirst = async ({ models, options }: Task, shop: Workshop): Promise<OpenModel> => {
  if (options.model) return shop.models.open(options.model)
  for (const ref of models.slice(0, -1)) {
    const opened = await shop.models.open(ref).catch((error: unknown) => {
      shop.log.for("agent").warn("model cannot be used, trying the next", { model: ref, error })
    })
    if (opened) return opened
  }
  return shop.models.open(models.at(-1))
}

const addUsage = (state: Progress, { usage }: Answer) => {
  if (!usage) return
  const before = state.usage
  state.usage = before
    ? {
        input: before.input + usage.input,
        output: before.output + usage.output,
        cacheRead: before.cacheRead + usage.cacheRead,
        cacheWrite: before.cacheWrite + usage.cacheWrite,
        // The context holds what the newest call saw, not the sum of all calls.
        totalTokens: usage.totalTokens,
      }
    : usage
}

const spoken = (answer: Answer, { model }: Progress, timestamp: number): Message => ({
  role: "assistant",
  content: answer.parts,
  provider: model?.provider,
  model: model?.model,
  usage: answer.usage,
  stopReason: answer.stopReason,
  timestamp,
})

/** Keeps what was said before the turn ended early. Calls that were not made are left out. */
const keepPartial = async (
  { runId, session }: Task,
  { directory, clock }: Workshop,
  { answer, model }: Progress,
  stopReason: "aborted" | "error",
  errorMessage?: string,
) => {
  const content = (answer?.parts ?? []).filter((part) => part.type === "text" && part.text)
  if (!content.length && !errorMessage) return
  const partial: Message = {
    role: "assistant",
    content,
    provider: model?.provider,
    model: model?.model,
    stopReason,
    errorMessage,
    timestamp: clock.now(),
  }
  await directory.append(session, runId, [partial])
}
