import { randomBytes } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import { auditSubsystem } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"
import { type Child, type Exit, type Launch, launch } from "./child.ts"
import { cannotStart, tooMany, unknownJob } from "./faults.ts"
import { endGroup, graceMs, signalGroup } from "./group.ts"
import { Output } from "./output.ts"

/** Why a command was ended before it was done. */
export type Stopped = "timeout" | "killed" | "aborted" | "flood" | "shutdown"

export interface Ending extends Exit {
  stopped?: Stopped
  /** It left processes behind, which were ended too. */
  left: boolean
  at: number
}

/** A command that runs or has run. */
export interface Job {
  readonly id: string
  readonly agentId: string
  readonly sessionKey: string
  readonly command: string
  readonly cwd: string
  readonly host: "gateway" | "sandbox"
  readonly pty: boolean
  readonly startedAt: number
  readonly output: Output
  readonly child: Child
  /** Nobody waits for it any more: its turn may end without it. */
  background: boolean
  ending?: Ending
  readonly done: Promise<Ending>
}

export interface JobStart extends Launch, Pick<Job, "agentId" | "sessionKey" | "command" | "host"> {
  /** Shown as where it runs; the process itself starts in `cwd`. */
  place: string
  /** Words that depend on the job's id, e.g. a container's. */
  wordsFor?(id: string): readonly string[]
  timeoutMs: number
  /** How long what it printed is kept after its end. */
  keepMs: number
  /** Ends what runs elsewhere on its behalf. */
  elsewhere?(id: string, signal: "TERM" | "KILL"): Promise<void>
}

/** The commands of this process. None outlives it. */
export interface Jobs {
  /** Throws when the agent has too many already, or when it cannot be started. */
  start(what: JobStart): Job
  /** Those a caller may know of, the oldest first. */
  of(whose: Pick<Standing, "agentId" | "sessionKey" | "owner">): Job[]
  /** Throws `exec.unknown-session`. */
  get(id: string, whose: Pick<Standing, "agentId" | "sessionKey" | "owner">): Job
  /** Ends it with all it started. Resolves when it has ended. */
  stop(job: Job, why: Stopped): Promise<Ending>
  /** Forgets one that has ended. */
  forget(job: Job): void
  /** Called when a job ends. */
  onEnd(listener: (job: Job, ending: Ending) => void): void
  /** Ends all that runs, for good. Resolves when nothing is left. */
  close(): Promise<void>
}
export const Jobs = service<Jobs>("exec jobs")

const mostRunning = 32
const mostKept = 64

export const createJobs = ({ clock, log }: { clock: Clock; log: Log }): Jobs => {
  const jobs = new Map<string, Job & { stopping?: Stopped }>()
  const elsewhere = new WeakMap<Job, JobStart["elsewhere"]>()
  const audit = log.for(auditSubsystem)
  const listeners: ((job: Job, ending: Ending) => void)[] = []
  /** Groups on their way out, their leaders included or not. */
  const leaving = new Set<Promise<unknown>>()
  let closed = false

  const running = (agentId?: string) =>
    [...jobs.values()].filter((job) => !job.ending && (!agentId || job.agentId === agentId))

  const forgetOldest = () => {
    const ended = [...jobs.values()].filter((job) => job.ending)
    for (const job of ended.slice(0, Math.max(0, ended.length - mostKept))) jobs.delete(job.id)
  }

  const leave = (work: Promise<unknown>) => {
    const tracked = work.catch(() => undefined).finally(() => leaving.delete(tracked))
    leaving.add(tracked)
    return tracked
  }

  const end = async (job: Job) => {
    const { pid } = job.child
    const away = elsewhere.get(job)
    void away?.(job.id, "TERM").catch(() => undefined)
    await endGroup(pid, clock)
    await away?.(job.id, "KILL").catch(() => undefined)
  }

  const stop = (job: Job & { stopping?: Stopped }, why: Stopped) => {
    if (!job.ending && !job.stopping) {
      job.stopping = why
      void leave(end(job))
    }
    return job.done
  }

  const settle = (job: Job & { stopping?: Stopped }, { code, signal }: Exit, keepMs: number) => {
    // A command ends with all it started; what should go on is started in the background.
    const left = !job.stopping && signalGroup(job.child.pid, 0)
    if (left) void leave(end(job))
    const ending = { code, signal, stopped: job.stopping, left, at: clock.now() }
    job.ending = ending
    const { id, agentId: agent, sessionKey: session, host } = job
    const facts = { id, agent, session, host, code, signal, stopped: job.stopping }
    audit.info("command ended", {
      ...facts,
      ms: ending.at - job.startedAt,
      bytes: job.output.total,
    })
    clock.after(keepMs, () => jobs.delete(id))
    forgetOldest()
    for (const listener of listeners) listener(job, ending)
    return ending
  }

  const start = (what: JobStart): Job => {
    const { agentId, sessionKey, command, host, place, timeoutMs, keepMs } = what
    if (closed) throw cannotStart({ reason: "the gateway is stopping" })
    if (running(agentId).length >= mostRunning) throw tooMany({ most: mostRunning })
    const id = randomBytes(4).toString("hex")
    const output = new Output()
    const child = begin({ ...what, words: what.wordsFor?.(id) ?? what.words }, output, () =>
      stop(job, "flood"),
    )
    const cancel = clock.after(timeoutMs, () => void stop(job, "timeout"))
    const done = Promise.withResolvers<Ending>()
    const job: Job & { stopping?: Stopped } = {
      id,
      agentId,
      sessionKey,
      command,
      host,
      cwd: place,
      pty: Boolean(what.terminal),
      startedAt: clock.now(),
      output,
      child,
      background: false,
      done: done.promise,
    }
    jobs.set(id, job)
    elsewhere.set(job, what.elsewhere)
    audit.info("command started", {
      id,
      agent: agentId,
      session: sessionKey,
      host,
      command,
      cwd: place,
    })
    void child.done.finally(cancel).then((exit) => done.resolve(settle(job, exit, keepMs)))
    return job
  }

  const visible = (
    job: Job,
    { agentId, sessionKey, owner }: Pick<Standing, "agentId" | "sessionKey" | "owner">,
  ) => job.agentId === agentId && (owner || job.sessionKey === sessionKey)

  return {
    start,
    of: (whose) => [...jobs.values()].filter((job) => visible(job, whose)),
    get(id, whose) {
      const job = jobs.get(id)
      if (!job || !visible(job, whose)) throw unknownJob({ id })
      return job
    },
    stop,
    forget: (job) => void jobs.delete(job.id),
    onEnd: (listener) => void listeners.push(listener),
    async close() {
      closed = true
      const all = running().map((job) => stop(job, "shutdown"))
      await Promise.race([
        Promise.all([...all, ...leaving]),
        new Promise<void>((late) => clock.after(graceMs + 1000, late)),
      ])
    },
  }
}

const begin = (what: Launch, output: Output, flooded: () => void) => {
  try {
    return launch(what, output, flooded)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw cannotStart({ reason: (error as Error).message }, error)
  }
}
