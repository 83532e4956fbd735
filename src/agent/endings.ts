import type { Clock } from "../kernel/clock.ts"
import { Fault, toWireError } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Message } from "../sessions/message.ts"
import type { Admitted } from "./admitted.ts"
import { question } from "./admitted.ts"
import type { Ending, Outcome } from "./outcome.ts"

/** `aborted`: somebody stopped it · `dropped`: it gave way to others in a full or interrupted queue */
type CalledOff = "aborted" | "dropped"

/** The ways a message's turn ends without having been run to its end. */
export const createEndings = ({
  directory,
  clock,
  log,
  settle,
}: {
  directory: Directory
  clock: Clock
  log: Log
  /** Never throws. */
  settle: (run: Admitted, ending: Ending) => Promise<void>
}) => {
  /** Called off while it waited: its question and its end are on record all the same. */
  const callOff = async (run: Admitted, stopReason: CalledOff) => {
    const { runId, sessionKey, agentId, message, reply } = run
    const at = clock.now()
    const session = await directory.open(sessionKey, agentId)
    const { sessionId } = session
    reply.sessionId = sessionId
    const end: Message = { role: "assistant", content: [], stopReason: "aborted", timestamp: at }
    await directory.append(session, runId, [question(message, at), end])
    await settle(run, { status: "aborted", text: "" })
    reply.ended("aborted", stopReason, at)
    const ended = { stopReason, text: "", startedAt: at, endedAt: at }
    return { runId, sessionId, status: "aborted" as const, ...ended }
  }

  /** A turn that failed before it had written anything: question and failure, if that can be written. */
  const record = async ({ runId, sessionKey: key, message, reply }: Admitted, why: string) => {
    const { sessionId } = reply
    if (!sessionId) return
    const at = clock.now()
    const end = { role: "assistant" as const, content: [], timestamp: at }
    try {
      if ((await directory.ofRun(runId)).length) return
      const failure: Message = { ...end, stopReason: "error", errorMessage: why }
      await directory.append({ key, sessionId }, runId, [question(message, at), failure])
    } catch (error) {
      log.warn("a failed turn was not written down", { run: runId, error })
    }
  }

  /** Whatever goes wrong around a turn, whoever waits for it is told. */
  const fail = async (run: Admitted, thrown: unknown) => {
    const { runId, sessionKey, reply } = run
    log.error("turn could not be run", { session: sessionKey, run: runId, error: thrown })
    const error = toWireError(thrown)
    const at = clock.now()
    await record(run, error.message)
    await settle(run, { status: "error", text: reply.text, error: error.message })
    reply.failed(error, "error", at)
    const errorStatus = thrown instanceof Fault ? thrown.status : 500
    const ended = { stopReason: "error", text: reply.text, startedAt: at, endedAt: at, errorStatus }
    return { runId, sessionId: reply.sessionId, status: "error" as const, error, ...ended }
  }

  /** Its work goes on for all we know, so that nothing more is heard of it. */
  const giveUp = async (run: Admitted, thrown: unknown) => {
    const { runId, sessionKey: key, reply } = run
    const timestamp = clock.now()
    const end: Message = { role: "assistant", content: [], stopReason: "aborted", timestamp }
    if (reply.sessionId)
      await directory
        .finish({ key, sessionId: reply.sessionId }, { runId, status: "aborted" }, [end])
        .catch((error: unknown) => log.error("a turn's end was not written", { run: runId, error }))
    const outcome = await fail(run, thrown)
    reply.mute()
    return outcome
  }

  /**
   * A message that another one's turn answered ends with that turn, without words of its own: the
   * reply was told once, under the other's id, which `answeredBy` names. Who waits for it by its own
   * id (`agent`, `agent.wait`) gets that reply.
   */
  const endWith = ({ runId, reply, end }: Admitted, outcome: Outcome | null) => {
    if (outcome?.error) reply.failed(outcome.error, outcome.stopReason, outcome.startedAt)
    else if (outcome?.status === "aborted")
      reply.ended("aborted", "aborted", outcome.startedAt, outcome.runId)
    else if (outcome) reply.ended("final", "merged", outcome.startedAt, outcome.runId)
    end(outcome && { ...outcome, runId })
  }

  return {
    callOff: (run: Admitted, why: CalledOff) =>
      callOff(run, why).catch((error: unknown) => fail(run, error)),
    fail,
    giveUp,
    endWith,
  }
}
