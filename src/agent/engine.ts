import type { Env, Paths } from "../config/paths.ts"
import type { ThinkingLevel, TurnOptions } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import type { Log } from "../kernel/log.ts"
import type { Inbox } from "../inbox/inbox.ts"
import type { Models } from "../models/service.ts"
import { requireThinking } from "../models/thinking.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Message } from "../sessions/message.ts"
import type { Toolbox } from "../tools/toolbox.ts"
import type { AgentsConfig } from "../agents/config.ts"
import { findAgent, workspaceOf } from "../agents/config.ts"
import type { MessagesConfig } from "../agents/messages.ts"
import { type Accepted, type Admitted, kindOf, question, saidBefore } from "./admitted.ts"
import { asksToStop, type Call, type ChatCommands, explained } from "./chat-commands.ts"
import { createEndings } from "./endings.ts"
import { turnUnlocked } from "./faults.ts"
import { createLanes } from "./lanes.ts"
import type { Ending, Outcome } from "./outcome.ts"
import { systemNotes } from "./notes.ts"
import type { ContextParts } from "./provide.ts"
import { droppedSummary } from "./queue/dropped.ts"
import type { Batch } from "./queue/line.ts"
import { Queue } from "./queue/queue.ts"
import { queueSettings } from "./queue/settings.ts"
import { Reply } from "./reply.ts"
import { standingOf } from "./standing.ts"
import { runTurn } from "./turn.ts"
import type { Stop } from "./turns.ts"
import { TurnBook } from "./turns.ts"
import { wishesOf } from "./wishes.ts"

/** Answers accepted messages: a command at once, anything else by a turn of its session. */
export interface Engine {
  readonly turns: TurnBook
  take(accepted: Accepted): void
  /** Takes up a turn that a dead process began, with what it had taken along. */
  resume(accepted: Accepted, along: readonly Accepted[]): void
  /** Stops looking after turns. */
  close(): void
}

const lookEveryMs = 15_000

const interruptedCommand =
  "The gateway stopped before it had answered this command. See how things are, and type it again if it is still wanted."

export const createEngine = (needs: {
  config: () => AgentsConfig
  messages: () => MessagesConfig
  /** Runs of tasks that may go side by side. */
  tasksAtOnce: () => number
  paths: Paths
  env: Env
  models: Models
  toolbox: Toolbox
  directory: Directory
  inbox: Pick<Inbox, "settle" | "merge" | "answeredBy">
  /** Puts the words of a turn on their way to the network that asked. They are on disk when it returns. */
  conclude: (accepted: Accepted, ending: Ending) => Promise<void>
  /** The sessions of a session's subagents, and of theirs. */
  descendants: (sessionKey: string) => readonly string[]
  commands: ChatCommands
  context: ContextParts
  bus: Bus
  clock: Clock
  log: Log
}): Engine => {
  const { config, messages, paths, directory, inbox, commands, bus, clock } = needs
  const log = needs.log.for("agent")
  const turns = new TurnBook(clock, inbox.answeredBy, needs.descendants)
  const lanes = createLanes(config, needs.tasksAtOnce, clock, log)
  const workshop = { ...needs, ...needs.context }
  const settle = async (accepted: Accepted, ending: Ending) => {
    const { runId } = accepted
    try {
      // First the reply, then the note that there is one: whoever dies in between finds both to do.
      const { network, deliver } = accepted.message
      if (network || deliver) await needs.conclude(accepted, ending)
      await inbox.settle(runId)
    } catch (error) {
      log.error("a message could not be settled", { run: runId, error })
    }
  }
  const { callOff, fail, giveUp, endWith } = createEndings({ directory, clock, log, settle })

  const admit = ({ told, ...accepted }: Accepted): Admitted => {
    const { runId, sessionKey, agentId, message } = accepted
    const facts = { runId, sessionKey, agentId }
    const reply = new Reply(facts, bus, clock, told)
    const ended = Promise.withResolvers<Outcome | null>()
    const abandoned = Promise.withResolvers<never>()
    abandoned.promise.catch(() => {})
    const { stop } = turns.begin(
      {
        ...facts,
        movedAt: () => reply.movedAt,
        follow: (listener) => reply.follow(listener),
        abandon: () => abandoned.reject(turnUnlocked({ runId })),
      },
      async () => {
        const outcome = await ended.promise
        // A turn has not ended for anyone before its events were told.
        await reply.open
        return outcome
      },
    )
    const run = { ...accepted, reply, stop, kind: kindOf(message) }
    const admitted = { ...run, end: ended.resolve, abandoned: abandoned.promise }
    stop.signal.addEventListener("abort", () => stopped(admitted), { once: true })
    return admitted
  }

  /** One that waits is called off; one that another turn answers stops that turn. */
  const stopped = (run: Admitted) => {
    const why = run.stop.signal.reason as Stop
    if (run.leader) return run.leader.stop.abort(why)
    if (!queue.remove(run)) return
    // A turn that waits while the process goes down is left for the next one.
    if (why === "shutdown") run.end(null)
    else void callOff(run, "aborted").then(run.end)
  }

  const open = async ({ sessionKey, agentId, reply }: Admitted) => {
    const session = await directory.open(sessionKey, agentId)
    reply.sessionId = session.sessionId
    return session
  }

  /** What the gateway itself says to a message; no model, no queue, no lane. */
  const say = async (run: Admitted, text: string, startedAt: number) => {
    const { runId, reply } = run
    await settle(run, { status: "ok", text })
    reply.started(startedAt)
    reply.assistant(text)
    reply.ended("final", "command", startedAt)
    const ended = { stopReason: "command", text, startedAt, endedAt: clock.now() }
    run.end({ runId, sessionId: reply.sessionId, status: "ok", ...ended })
  }

  const obey = async (run: Admitted, calls: readonly Call[]) => {
    const { message, agentId, stop } = run
    const { sender, channel } = message
    const startedAt = clock.now()
    const { key: sessionKey, sessionId } = await open(run)
    const owner = commands.rights(message) === "owner"
    const answered = await commands.answer(calls, {
      sessionKey,
      sessionId,
      agentId,
      channel,
      owner,
      sender,
      standing: { ...standingOf(message, { sessionKey, agentId }), owner },
      signal: stop.signal,
    })
    if ("say" in answered) return say(run, answered.say, startedAt)
    await queue.add(Object.assign(run, { message: { ...message, text: answered.ask } }))
  }

  /** What a dead process began of a command is not known: it is not done twice, and no model reads it. */
  const takeUpCommand = async (run: Admitted) => {
    await open(run)
    // Some commands ask the model; that turn goes on.
    if ((await directory.ofRun(run.runId)).length) return queue.add(run, { alone: true })
    return say(run, interruptedCommand, clock.now())
  }

  /** A level that a directive asks for is refused, where the model has others. */
  const heed = async (run: Admitted, thinking: ThinkingLevel) => {
    const session = await open(run)
    const { models: refs } = wishesOf(run.message, session, config(), needs.models)
    try {
      requireThinking(await needs.models.open(refs[0], { agentId: run.agentId }), thinking)
    } catch (error) {
      return say(run, explained(error), clock.now())
    }
    await queue.add(run)
  }

  /** A message as it goes to the model: without the directives in it. */
  const meant = (accepted: Accepted, { text, options }: { text: string; options: TurnOptions }) => {
    const { message } = accepted
    if (text === message.text) return accepted
    return {
      ...accepted,
      message: { ...message, text, options: { ...message.options, ...options } },
    }
  }

  /** One turn for all that is in a batch: the newest message leads, the others go along. */
  const answer = async ({ items, dropped }: Batch<Admitted>) => {
    const leader = items.at(-1)!
    const along = [...dropped, ...items.slice(0, -1)]
    for (const other of along) other.leader = leader
    const answered = async () => {
      if (along.length)
        await inbox.merge(
          along.map(({ runId }) => runId),
          leader.runId,
          false,
        )
      const at = clock.now()
      const texts = dropped.map(({ message }) => message.text)
      const before = [
        ...(texts.length ? [droppedSummary(texts, at)] : []),
        ...items.slice(0, -1).map(({ message }) => question(message, at)),
      ]
      return turn(leader, before, (joined) => along.push(joined))
    }
    const outcome = await Promise.race([answered(), leader.abandoned]).catch((error: unknown) =>
      turnUnlocked.is(error) ? giveUp(leader, error) : fail(leader, error),
    )
    if (outcome && leader.message.passing) void putAway(leader)
    leader.end(outcome)
    for (const other of along) endWith(other, outcome)
  }

  /** A session for one message is of no use to anyone once that is answered. */
  const putAway = ({ sessionKey }: Admitted) =>
    directory
      .remove(sessionKey, "pruned")
      .catch((error: unknown) =>
        log.warn("a passing session stays", { session: sessionKey, error }),
      )

  const turn = async (
    leader: Admitted,
    before: readonly Message[],
    joins: (run: Admitted) => void,
  ) => {
    const { runId, sessionKey, agentId, message, reply, stop } = leader
    const startedAt = clock.now()
    const agent = findAgent(config(), agentId)
    const session = await open(leader)
    const isFirst = message.earlier !== undefined && !(await directory.size(session.sessionId))
    const said = saidBefore(message, startedAt, isFirst)
    const wishes = wishesOf(message, session, config(), needs.models)
    if (wishes.notice) {
      await directory.patch(sessionKey, { overrides: { model: null } })
      reply.notice(wishes.notice)
    }
    const task = {
      runId,
      session,
      agentId,
      workspace: workspaceOf(agent, config(), paths),
      question: question(message, startedAt),
      before: [
        ...systemNotes(needs.context.events.drain(sessionKey), startedAt),
        ...before,
        ...said,
      ],
      standing: standingOf(message, { sessionKey, agentId }),
      models: wishes.models,
      options: { ...message.options, model: undefined, thinking: wishes.thinking },
      timeoutMs: wishes.timeoutMs,
      startedAt,
      steered: () => steered(leader, joins),
      async settle(ending: Ending) {
        await settle(leader, ending)
        queue.close(sessionKey)
      },
    }
    return runTurn(task, reply, workshop, stop.signal)
  }

  /** What steers the turn from here on. That it is answered by this turn is noted before it is read. */
  const steered = (leader: Admitted, joins: (run: Admitted) => void): Message[] => {
    const said = queue.steer(leader)
    const joining = said.filter(({ stays }) => !stays).map(({ item }) => item)
    for (const run of joining) {
      run.leader = leader
      joins(run)
    }
    if (joining.length) {
      const runIds = joining.map(({ runId }) => runId)
      inbox
        .merge(runIds, leader.runId, true)
        .catch((error: unknown) => log.error("steering was not noted", { run: runIds, error }))
    }
    return said.map(({ item }) => question(item.message, clock.now()))
  }

  const queue = new Queue<Admitted>({
    clock,
    admit: (head, work) => lanes.run(head, work),
    async settings({ sessionKey, message }) {
      const session = await directory.find(sessionKey).catch(() => null)
      return queueSettings(message, session?.overrides.queue, messages())
    },
    answer,
    callOff: (run) => void callOff(run, "dropped").then(run.end),
    interrupt: (items) => items.at(-1)?.stop.abort("user" satisfies Stop),
  })

  const stopLooking = clock.every(lookEveryMs, () =>
    turns.watch(config().defaults.stuckAfterSeconds * 1000, ({ sessionKey, runId }, silentMs) =>
      log.warn("turn shows no sign of life", { session: sessionKey, run: runId, silentMs }),
    ),
  )

  return {
    turns,
    take(accepted) {
      const { sessionKey, message } = accepted
      const { text, sender } = message
      const spoken = sender.kind !== "agent" && !message.surface
      const halted =
        spoken && asksToStop(text) ? turns.abort({ sessionKey, tree: true }, "user") : []
      const meaning = commands.read(message)
      const run = admit(meaning.kind === "words" ? meant(accepted, meaning) : accepted)
      const failed = async (error: unknown) => run.end(await fail(run, error))
      if (halted.length)
        void open(run)
          .then(() => say(run, "Stopped.", clock.now()))
          .catch(failed)
      else if (meaning.kind === "ignored") void say(run, "", clock.now()).catch(failed)
      else if (meaning.kind === "calls") void obey(run, meaning.calls).catch(failed)
      else if (meaning.options.thinking) void heed(run, meaning.options.thinking).catch(failed)
      else void queue.add(run).catch(failed)
    },
    resume(accepted, along) {
      const meaning = commands.read(accepted.message)
      const run = admit(meaning.kind === "words" ? meant(accepted, meaning) : accepted)
      // They are in its transcript already and end with it, whatever that comes to.
      const others = along.map(admit)
      for (const other of others) other.leader = run
      const turn = turns.get(run.runId)!
      void turn.done.then((outcome) => others.forEach((other) => endWith(other, outcome)))
      const failed = async (error: unknown) => run.end(await fail(run, error))
      if (meaning.kind === "words") void queue.add(run, { alone: true })
      else void takeUpCommand(run).catch(failed)
    },
    close: stopLooking,
  }
}
