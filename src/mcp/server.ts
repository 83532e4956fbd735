import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { AnyTool, ToolContext } from "../kernel/tool.ts"
import type { McpServerConfig } from "./config.ts"
import { sessionLost, timedOut, unavailable, unreachable } from "./faults.ts"
import type { RemoteTool } from "./messages.ts"
import type { State } from "./service.ts"
import type { Session } from "./session.ts"
import { toolsOf } from "./tools.ts"

export interface Watch {
  /** It is wanted no longer. */
  signal: AbortSignal
  changed(): void
  closed(why: Error): void
}

interface Options {
  open(watch: Watch): Promise<Session>
  /** Gives agents these tools in place of those before. */
  adopt(tools: readonly AnyTool[]): void
  clock: Clock
  log: Log
}

const firstPauseMs = 1_000
const longestPauseMs = 300_000
/** One that ran so long was well; what happens then is the first time again. */
const steadyMs = 60_000
/** What a server gets to say that it is still there, after a call that took too long. */
const signOfLifeMs = 5_000

/** One server of the config: started, kept running, and its tools kept current. */
export const createServer = (id: string, config: McpServerConfig, options: Options) => {
  const { open, adopt, clock, log } = options
  let state: State = "off"
  let session: Session | undefined
  let opening: Promise<Session> | undefined
  let remote: readonly RemoteTool[] = []
  let problem: string | undefined
  let cause: unknown
  let failures = 0
  let restarts = 0
  let readyAt = 0
  let retryAt = 0
  let usedAt = 0
  let calls = 0
  let cancelRetry = () => {}
  let cancelRest = () => {}

  const stop = new AbortController()
  const isStopped = () => stop.signal.aborted

  const takeTools = (listed: readonly RemoteTool[]) => {
    // In place of the same they would only be told to models anew.
    if (Bun.deepEquals(listed, remote)) return
    remote = listed
    const { tools, unfit } = toolsOf(listed, {
      id,
      rules: config.tools,
      trouble: () => (state === "failed" ? problem : undefined),
      call,
    })
    if (unfit.length) log.warn("mcp tools left out for their size", { server: id, tools: unfit })
    adopt(tools)
  }

  const failed = (why: unknown) => {
    cause = why
    problem = why instanceof Fault ? why.message : String(why)
    state = "failed"
    failures = readyAt && clock.now() - readyAt > steadyMs ? 1 : failures + 1
    const waitMs = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)
    retryAt = clock.now() + waitMs
    log.warn("mcp server failed", { server: id, problem, failures, retryMs: waitMs })
    cancelRetry()
    cancelRetry = clock.after(waitMs, () => {
      restarts++
      void ensure().catch(() => undefined)
    })
  }

  const refresh = async () => {
    try {
      const listed = await session?.tools()
      if (listed && !isStopped()) takeTools(listed)
    } catch (error) {
      log.warn("mcp server does not list its tools", { server: id, error })
    }
  }

  const start = async (): Promise<Session> => {
    state = "starting"
    cancelRetry()
    let mine: Session | undefined
    try {
      mine = await open({
        signal: stop.signal,
        changed: () => void refresh(),
        closed(why) {
          if (!mine || session !== mine) return
          session = undefined
          if (!isStopped()) failed(why)
        },
      })
      const listed = await mine.tools()
      stop.signal.throwIfAborted()
      session = mine
      state = "ready"
      problem = undefined
      readyAt = usedAt = clock.now()
      takeTools(listed)
      log.info("mcp server ready", { server: id, name: mine.name, tools: listed.length })
      restLater()
      return mine
    } catch (error) {
      await mine?.close()
      readyAt = 0
      if (!isStopped()) failed(error)
      throw error
    }
  }

  /** The session there is, or a new one. */
  const ensure = (): Promise<Session> => {
    if (session) return Promise.resolve(session)
    return (opening ??= start().finally(() => (opening = undefined)))
  }

  const end = async () => {
    const one = session
    session = undefined
    await one?.close()
  }

  const restLater = () => {
    cancelRest()
    if (!config.idleMinutes) return
    const idleMs = config.idleMinutes * 60_000
    cancelRest = clock.after(Math.max(usedAt + idleMs - clock.now(), 1_000), () => {
      if (calls || clock.now() - usedAt < idleMs) return restLater()
      if (state !== "ready") return
      state = "resting"
      void end()
      log.debug("mcp server rests", { server: id })
    })
  }

  const giveUp = async (one: Session, why: unknown) => {
    if (session !== one) return
    failed(why)
    await end()
  }

  /** A server that is gone, or no longer says anything, is ended and started anew. */
  const lookAfter = async (one: Session, error: unknown) => {
    if (unreachable.is(error)) return giveUp(one, error)
    if (!timedOut.is(error)) return
    await one.ping(signOfLifeMs).catch((silence: unknown) => {
      if (timedOut.is(silence)) return giveUp(one, unavailable({ id, reason: "it hangs" }))
    })
  }

  const call = async (
    tool: string,
    args: object,
    { signal, progress }: Pick<ToolContext, "signal" | "progress">,
  ) => {
    const seconds = Math.ceil((retryAt - clock.now()) / 1000)
    if (state === "failed" && seconds > 0)
      throw unavailable({
        id,
        reason: unavailable.is(cause) ? cause.data.reason : problem!.replace(/\.$/, ""),
        again: `It is tried again in ${seconds} s.`,
      })
    const ask = async () => {
      const one = await ensure()
      try {
        const timeoutMs = config.callSeconds * 1000
        return await one.call(tool, args, { timeoutMs, signal, progress })
      } catch (error) {
        void lookAfter(one, error)
        throw error
      }
    }
    calls++
    try {
      const result = await ask().catch((error: unknown) => {
        // Nothing of it was done there, so that it may be asked again.
        if (sessionLost.is(error)) return ask()
        throw error
      })
      const { resultOf } = await import("./result.ts")
      return resultOf(id, tool, result)
    } finally {
      calls--
      usedAt = clock.now()
      if (!calls) restLater()
    }
  }

  return {
    id,
    config,
    begin: () => void ensure().catch(() => undefined),
    /** Starts it now, whatever failed before. */
    async test() {
      const begun = clock.now()
      const one = await ensure()
      await one.ping(config.connectSeconds * 1000).catch((error: unknown) => {
        void giveUp(one, error)
        throw error
      })
      const { name, version, protocol } = one
      return { name, version, protocol, ms: clock.now() - begun, tools: remote.length }
    },
    get status() {
      return {
        state,
        restarts,
        tools: remote.length,
        problem: state === "failed" ? problem : undefined,
      }
    },
    async stop() {
      const one = session
      session = undefined
      state = "off"
      cancelRetry()
      cancelRest()
      adopt([])
      stop.abort(unavailable({ id, reason: "it was stopped" }))
      await opening?.catch(() => undefined)
      await one?.close()
    },
  }
}
export type Server = ReturnType<typeof createServer>
