import type { Env, Paths } from "../config/paths.ts"
import type { Inbound, Receipt } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import { toWireError } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Message } from "../sessions/message.ts"
import type { Toolbox } from "../tools/toolbox.ts"
import { createBriefing } from "./briefing.ts"
import type { ChatCommands } from "./chat-commands.ts"
import type { AgentsConfig } from "../agents/config.ts"
import { findAgent, modelsOf, workspaceOf } from "../agents/config.ts"
import { Lanes } from "./lanes.ts"
import type { Outcome } from "./outcome.ts"
import { Reply } from "./reply.ts"
import { runTurn } from "./turn.ts"
import type { Stop, Turn } from "./turns.ts"
import { TurnBook } from "./turns.ts"

interface Accepted extends Pick<Receipt, "runId" | "sessionKey" | "agentId"> {
  /** Settles when whoever handed the message in may be told; events of the turn wait for it. */
  told?: Promise<unknown>
}

/** Turns one accepted message into one turn, in its session's lane. */
export interface Engine {
  readonly turns: TurnBook
  /** `settle` is called once the turn's end is on record, before anyone is told of it. */
  run(accepted: Accepted, message: Inbound, settle: () => Promise<void>): Turn
}

interface Run extends Omit<Accepted, "told"> {
  message: Inbound
  reply: Reply
  /** Never throws. */
  settle(): Promise<void>
}

export const createEngine = (needs: {
  config: () => AgentsConfig
  paths: Paths
  env: Env
  models: Models
  toolbox: Toolbox
  directory: Directory
  commands: ChatCommands
  bus: Bus
  clock: Clock
  log: Log
}): Engine => {
  const { config, paths, directory, commands, bus, clock } = needs
  const log = needs.log.for("agent")
  const turns = new TurnBook()
  const lanes = new Lanes(() => config().defaults.maxConcurrent)
  const workshop = { ...needs, briefing: createBriefing(needs) }

  const open = async ({ sessionKey, agentId, reply }: Run) => {
    const session = await directory.open(sessionKey, agentId)
    reply.sessionId = session.sessionId
    return session
  }

  /** The turn itself, once it has its place. */
  const answer = async (run: Run, stop: AbortSignal): Promise<Outcome | null> => {
    const { runId, agentId, message, reply, settle } = run
    const startedAt = clock.now()
    const agent = findAgent(config(), agentId)
    const session = await open(run)
    const { sender, text, options = {} } = message
    const admin = sender.kind === "operator" && sender.admin
    const answered = await commands.answer(text, {
      sessionKey: session.key,
      sessionId: session.sessionId,
      agentId,
      channel: message.channel,
      owner: admin,
      signal: stop,
    })
    if (answered && "say" in answered) {
      await settle()
      reply.started(startedAt)
      reply.assistant(answered.say)
      reply.ended("final", "command", startedAt)
      const { sessionId } = session
      const outcome = { runId, sessionId, status: "ok" as const, stopReason: "command" }
      return { ...outcome, text: answered.say, startedAt, endedAt: clock.now() }
    }
    const task = {
      runId,
      session,
      agentId,
      workspace: workspaceOf(agent, config(), paths),
      question: question(answered ? { ...message, text: answered.ask } : message, startedAt),
      standing: {
        agentId,
        sessionKey: session.key,
        owner: admin,
        surface: sender.kind === "person" ? ("channel" as const) : ("chat" as const),
      },
      models: modelsOf(agent, config()),
      options,
      timeoutMs: options.timeoutMs ?? config().defaults.timeoutSeconds * 1000,
      startedAt,
      steered: () => [],
      settle,
    }
    return runTurn(task, reply, workshop, stop)
  }

  /** A turn called off while it waited: its question and its end are on record all the same. */
  const callOff = async (run: Run): Promise<Outcome> => {
    const { runId, message, reply, settle } = run
    const at = clock.now()
    const session = await open(run)
    const end: Message = { role: "assistant", content: [], stopReason: "aborted", timestamp: at }
    await directory.append(session, runId, [question(message, at), end])
    await settle()
    reply.ended("aborted", "aborted", at)
    const { sessionId } = session
    const outcome = { runId, sessionId, status: "aborted" as const, stopReason: "aborted" }
    return { ...outcome, text: "", startedAt: at, endedAt: at }
  }

  /** Whatever goes wrong around a turn, whoever waits for it is told. */
  const fail = async ({ runId, sessionKey, reply, settle }: Run, thrown: unknown) => {
    log.error("turn could not be run", { session: sessionKey, run: runId, error: thrown })
    const error = toWireError(thrown)
    const at = clock.now()
    await settle()
    reply.failed(error, "error", at)
    const outcome = { runId, sessionId: reply.sessionId, status: "error" as const, error }
    return { ...outcome, stopReason: "error", text: reply.text, startedAt: at, endedAt: at }
  }

  const inLane = async (run: Run, stop: AbortSignal): Promise<Outcome | null> => {
    const goesDown = () => stop.aborted && (stop.reason as Stop) === "shutdown"
    let began = false
    try {
      return await lanes.run(
        run.sessionKey,
        async () => {
          began = true
          return goesDown() ? null : await answer(run, stop)
        },
        stop,
      )
    } catch (error) {
      if (began || !stop.aborted) return fail(run, error)
      // A turn that waited while the process goes down is left for the next one.
      return goesDown() ? null : callOff(run).catch((failure: unknown) => fail(run, failure))
    }
  }

  return {
    turns,
    run({ runId, sessionKey, agentId, told }, message, settle) {
      const turn = { runId, sessionKey, agentId }
      const run: Run = {
        ...turn,
        message,
        reply: new Reply(turn, bus, clock, told),
        settle: () =>
          settle().catch((error: unknown) =>
            log.error("a message could not be settled", { run: runId, error }),
          ),
      }
      return turns.begin(turn, async (stop) => {
        const outcome = await inLane(run, stop)
        // A turn has not ended for anyone before its events were told.
        await run.reply.open
        return outcome
      })
    },
  }
}

const question = ({ text, id, pictures }: Inbound, timestamp: number): Message => ({
  role: "user",
  content: pictures?.length
    ? [
        { type: "text", text },
        ...pictures.map((picture) => ({ type: "image" as const, ...picture })),
      ]
    : text,
  timestamp,
  idempotencyKey: `${id}:user`,
})
