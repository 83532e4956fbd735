import type { ConnectContext } from "../../kernel/connect-context.ts"

export interface Threads {
  /** Nothing of it was heard before, also not before a restart. */
  isNew(channel: string, ts: string): boolean
  /** The bot said something in it. */
  answered(channel: string, ts: string): boolean
  heard(channel: string, ts: string): void
  spoke(channel: string, ts: string): void
}

const most = 500
const key = "threads"

/** Threads that were heard of, and those the bot takes part in; what is said there is said to it. */
export const createThreads = (memory: ConnectContext["memory"]): Threads => {
  const known = new Map<string, boolean>(restore(memory.get(key)))
  const put = (thread: string, own: boolean) => {
    if (known.get(thread) === own) return
    known.delete(thread)
    known.set(thread, own)
    if (known.size > most) known.delete(known.keys().next().value!)
    // What a crash loses here is found out again from the thread itself.
    void memory.set(key, JSON.stringify([...known])).catch(() => undefined)
  }
  const name = (channel: string, ts: string) => `${channel}:${ts}`
  return {
    isNew: (channel, ts) => !known.has(name(channel, ts)),
    answered: (channel, ts) => known.get(name(channel, ts)) === true,
    heard: (channel, ts) => put(name(channel, ts), known.get(name(channel, ts)) ?? false),
    spoke: (channel, ts) => put(name(channel, ts), true),
  }
}

const restore = (text: string | undefined): [string, boolean][] => {
  try {
    const all: unknown = JSON.parse(text ?? "[]")
    return Array.isArray(all) ? all.filter((one) => Array.isArray(one) && one.length === 2) : []
  } catch {
    return []
  }
}
