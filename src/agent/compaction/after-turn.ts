import { Fault } from "../../kernel/fault.ts"
import type { OpenModel } from "../../models/service.ts"
import { roomOf } from "../context.ts"
import type { Task, Workshop } from "../task.ts"
import { flushMemory } from "./flush.ts"

/** A turn that has ended, as far as its context goes. */
export interface EndedTurn {
  task: Task
  transcript: { key: string; sessionId: string }
  model: OpenModel
  /** How full the context is now. */
  contextTokens: number
  /** True when some of the conversation found no room. */
  cut: boolean
  /** Tells those who watch the turn. */
  tell(data: Record<string, unknown>): void
}

/** After a failure the next try waits, so that not every turn pays for a model that cannot. */
const patienceMs = 10 * 60_000

/** What is done for a conversation once its turn is over, in nobody's way. */
export interface Upkeep {
  /** Returns at once. */
  afterTurn(turn: EndedTurn, shop: Workshop): void
  /** Ends what is under way; nothing is lost by that. */
  close(): Promise<void>
}

export const createUpkeep = (): Upkeep => {
  const stop = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  const failedAt = new Map<string, number>()

  const look = async (shop: Workshop, turn: EndedTurn) => {
    const { task, transcript, model, contextTokens, cut } = turn
    const { compaction: settings } = shop.config().defaults
    if (!model.api) return
    const { limit, reserve } = roomOf(model, shop.config().defaults)
    const soft = Math.min(settings.memoryFlush.softThresholdTokens, reserve)
    const isDue = cut || contextTokens > limit
    if (!isDue && contextTokens <= limit - soft) return
    const failed = failedAt.get(transcript.sessionId)
    if (failed !== undefined && shop.clock.now() - failed < patienceMs) return

    if (settings.memoryFlush.enabled && (await shop.compactions.beginFlush(transcript.sessionId)))
      await flush(shop, turn)
    if (!isDue) return
    try {
      const done = await shop.compactor.compact({
        transcript,
        reason: "auto-threshold",
        model,
        tokensBefore: contextTokens,
        agentId: task.agentId,
        begins: () => turn.tell({ phase: "start", reason: "auto-threshold" }),
        signal: stop.signal,
      })
      if (!done) return
      const { id, tokensBefore, tokensAfter } = done
      turn.tell({ phase: "end", willRetry: false, checkpointId: id, tokensBefore, tokensAfter })
      failedAt.delete(transcript.sessionId)
    } catch (error) {
      if (stop.signal.aborted) return
      remember(transcript.sessionId, shop.clock.now())
      const told = shop.models.explain(error, model)
      shop.log
        .for("agent")
        .warn("context could not be compacted", { session: transcript.key, error: told })
      const why = told instanceof Fault ? told.message : "the log has the details"
      turn.tell({
        phase: "end",
        willRetry: false,
        error: `${why} The oldest part is left out for now.`,
      })
    }
  }

  const flush = async (shop: Workshop, { task, transcript, model }: EndedTurn) => {
    const settings = shop.config().defaults.compaction.memoryFlush
    const session = { ...task.session, ...transcript }
    try {
      await flushMemory({ task: { ...task, session }, model, settings, signal: stop.signal }, shop)
    } catch (error) {
      if (!stop.signal.aborted)
        shop.log.for("agent").warn("notes could not be saved", { session: transcript.key, error })
    }
  }

  const remember = (sessionId: string, at: number) => {
    if (failedAt.size > 1000) failedAt.clear()
    failedAt.set(sessionId, at)
  }

  return {
    afterTurn(turn, shop) {
      const { sessionId, key } = turn.transcript
      if (stop.signal.aborted || underWay.has(sessionId)) return
      const work = look(shop, turn)
        .catch((error: unknown) =>
          shop.log.for("agent").error("upkeep failed", { session: key, error }),
        )
        .finally(() => underWay.delete(sessionId))
      underWay.set(sessionId, work)
    },
    async close() {
      stop.abort("shutdown")
      await Promise.all(underWay.values())
    },
  }
}
