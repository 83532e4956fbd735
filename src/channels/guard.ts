import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import { type Connection, notSent } from "../kernel/network.ts"
import { adapterFailed, noAnswer } from "./account-faults.ts"
import { TooSlow, within } from "../kernel/deadline.ts"

const writeMs = 60_000
const readMs = 30_000
const downloadMs = 300_000

/**
 * A connection that nobody is kept waiting by: every call has a deadline, what is thrown is a fault,
 * and after `end` nothing goes out any more.
 */
export const guard = (
  connection: Connection,
  options: {
    label: string
    clock: Clock
    log: Log
    /** Words of the adapter, without what is secret in them. */
    told(error: unknown): string
    /** Something was sent. */
    sent(): void
  },
): { connection: Connection; end(): void } => {
  const { label, clock, log, told } = options
  const ended = new AbortController()

  /** Whether a call that failed in a way nobody foresaw did what it was to do, nobody knows. */
  const write = async <T>(
    act: string,
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    if (ended.signal.aborted) throw notSent({ why: "offline", text: `${label} is not connected.` })
    try {
      const result = await within(clock, writeMs, work, ended.signal, signal)
      options.sent()
      return result
    } catch (error) {
      if (error instanceof Fault || error === signal?.reason) throw error
      if (!(error instanceof TooSlow) && !ended.signal.aborted)
        log.error("an adapter threw what it should not", { act, error: told(error) })
      throw notSent({ why: "lost", text: `${label}: ${act} came to no end: ${told(error)}` }, error)
    }
  }

  const read = async <T>(
    act: string,
    work: (signal: AbortSignal) => Promise<T>,
    { ms = readMs, signal }: { ms?: number; signal?: AbortSignal } = {},
  ): Promise<T> => {
    if (ended.signal.aborted) throw notSent({ why: "offline", text: `${label} is not connected.` })
    try {
      return await within(clock, ms, work, ended.signal, signal)
    } catch (error) {
      if (error instanceof Fault || error === signal?.reason) throw error
      if (error instanceof TooSlow)
        throw noAnswer({ label, act, seconds: Math.round(ms / 1000) }, error)
      throw adapterFailed({ label, act, text: told(error) }, error)
    }
  }

  const { edit, remove, react, typing, read: seen, find } = connection
  const { download, history, directory, act, probe } = connection
  const guarded: Connection = {
    self: connection.self,
    over: connection.over,
    close: () => connection.close(),
    send: (part, signal) => write("send", (inner) => connection.send(part, inner), signal),
    ...(edit && {
      edit: (part, id, signal) =>
        write("edit", (inner) => edit.call(connection, part, id, inner), signal),
    }),
    ...(remove && { remove: (...args) => write("delete", () => remove.apply(connection, args)) }),
    ...(react && { react: (...args) => write("react", () => react.apply(connection, args)) }),
    ...(typing && { typing: (...args) => read("typing", () => typing.apply(connection, args)) }),
    ...(seen && { read: (...args) => read("read", () => seen.apply(connection, args)) }),
    ...(find && { find: (part) => read("find", () => find.call(connection, part)) }),
    ...(download && {
      download: (ref, most, signal) =>
        read("download", (inner) => download.call(connection, ref, most, inner), {
          ms: downloadMs,
          signal,
        }),
    }),
    ...(history && {
      history: (...args) => read("history", () => history.apply(connection, args)),
    }),
    ...(directory && {
      directory: {
        people: (...args) => read("directory", () => directory.people(...args)),
        rooms: (...args) => read("directory", () => directory.rooms(...args)),
        ...(directory.members && {
          members: (...args) => read("directory", () => directory.members!(...args)),
        }),
      },
    }),
    ...(act && { act: (...args) => write(args[0], () => act.apply(connection, args)) }),
    ...(probe && {
      probe: (signal) => read("probe", (inner) => probe.call(connection, inner), { signal }),
    }),
  }
  return {
    connection: guarded,
    end: () => ended.abort(new Error(`${label} was disconnected`)),
  }
}
