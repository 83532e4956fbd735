import { setImmediate } from "node:timers/promises"
import { Fault, toWireError } from "../kernel/fault.ts"
import type { Message } from "../sessions/message.ts"
import { footerOf } from "../usage/footer.ts"
import { Conversation } from "./conversation.ts"
import { deadlinePassed } from "./faults.ts"
import { handedCalls, type Outcome } from "./outcome.ts"
import type { Reply } from "./reply.ts"
import type { Task, Workshop } from "./task.ts"
import type { Stop } from "./turns.ts"

const statusOf = { ok: "done", aborted: "aborted", error: "error" } as const

/**
 * Runs one turn and puts its end on record, whichever it is: done, aborted or failed. Each step is
 * in the transcript before it is acted on, so a turn that a crash cut short can be taken up again.
 * Returns null when the process is going down: the turn stays unanswered and is run again.
 */
export const runTurn = async (
  task: Task,
  reply: Reply,
  shop: Workshop,
  stop: AbortSignal,
): Promise<Outcome | null> => {
  const { runId, session, question, before, startedAt } = task
  const { directory, clock } = shop
  const log = shop.log.for("agent")
  const begun = await directory.begin(session, { runId, question, before })
  const transcript = { key: session.key, sessionId: begun.sessionId }
  reply.sessionId = begun.sessionId
  reply.ack = task.options.ack
  reply.started(startedAt)
  // Once the disk has the question, whoever asked is told so before all the work that follows.
  await setImmediate()

  const timeout = new AbortController()
  const cancelTimeout = clock.after(task.timeoutMs, () => timeout.abort("deadline" satisfies Stop))
  const signal = AbortSignal.any([stop, timeout.signal])
  const talk = new Conversation(task, transcript, begun.own, reply, shop, signal)

  const end = async (
    status: Outcome["status"],
    stopReason: string,
    lastWords: Message,
    tell: () => void,
  ) => {
    const { usage } = talk
    const { provider, model } = talk.model ?? {}
    const made = { provider, model, usage }
    await directory.finish(transcript, { runId, status: statusOf[status], ...made }, [lastWords])
    // It is on record now: nobody waits for the inbox to hear of it.
    tell()
    const { sessionId } = begun
    const { text } = reply
    const error = lastWords.role === "assistant" ? lastWords.errorMessage : undefined
    await task.settle({ status, text, provider, model, error })
    const ended = { stopReason, startedAt, endedAt: clock.now() }
    return { runId, sessionId, status, text, ...ended, ...made, ...handedCalls(lastWords) }
  }

  try {
    const lastWords = await talk.untilDone()
    reply.footer(footerOf(session.overrides.responseUsage, talk))
    const stopReason = lastWords.stopReason ?? "stop"
    const outcome = await end("ok", stopReason, lastWords, () =>
      reply.ended("final", stopReason, startedAt),
    )
    log.info("turn finished", facts(session.key, outcome))
    const tell = (data: Record<string, unknown>) => reply.compaction(data)
    shop.upkeep.afterTurn({ task, transcript, model: talk.model!, ...talk.context, tell }, shop)
    return outcome
  } catch (thrown) {
    const why = signal.aborted ? (signal.reason as Stop) : undefined
    if (why === "shutdown") return null
    if (why === "user") {
      const outcome = await end("aborted", "aborted", talk.partial("aborted"), () =>
        reply.ended("aborted", "aborted", startedAt),
      )
      log.info("turn aborted", facts(session.key, outcome))
      return outcome
    }
    const late = why === "deadline" && deadlinePassed({ seconds: task.timeoutMs / 1000 })
    const cause = late || (talk.model ? shop.models.explain(thrown, talk.model) : thrown)
    // What a fault is about, its words say; where in here it was noticed helps nobody.
    const told = cause instanceof Fault ? cause.message : cause
    log.error("turn failed", { session: session.key, run: runId, error: told })
    const error = toWireError(cause)
    const stopReason = late ? "timeout" : "error"
    const outcome = await end("error", stopReason, talk.partial("error", error.message), () =>
      reply.failed(error, stopReason, startedAt),
    )
    return { ...outcome, error, errorStatus: cause instanceof Fault ? cause.status : 500 }
  } finally {
    cancelTimeout()
  }
}

const facts = (session: string, { runId, provider, model, startedAt, endedAt }: Outcome) => ({
  session,
  run: runId,
  model: provider && `${provider}/${model}`,
  ms: endedAt - startedAt,
})
