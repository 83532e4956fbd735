import type { ConnectContext } from "../../kernel/connect-context.ts"
import type { Arrival, Heard } from "../../kernel/network.ts"

export interface Hold {
  /** Hands it over until it is taken. Settles when there is room for more. */
  take(arrival: Arrival): Promise<void>
  /** Writes down what was not taken yet. */
  close(): Promise<void>
}

const key = "waiting"
const firstRetryMs = 200
const longestRetryMs = 30_000
const mostWaiting = 500
const mostRemembered = 1_000

/**
 * The daemon tells everything once and asks for no receipt. It is therefore written down as soon as it
 * is read, before anybody looks at it, and handed over until it is taken, also after a restart; and
 * nothing more is read while too much waits.
 */
export const createHold = ({
  arrived,
  memory,
  clock,
  log,
  signal,
}: Pick<ConnectContext, "arrived" | "memory" | "clock" | "log" | "signal">): Hold => {
  const waiting = new Map<string, Arrival>()
  const taken = new Set<string>()
  const timers = new Set<() => void>()
  const full: (() => void)[] = []
  let written = memory.get(key) ?? "[]"
  let saving: Promise<void> | undefined
  let dirty = false
  let closed = false

  const write = async () => {
    await Promise.resolve() // what is read in the same breath is written in one go
    try {
      while (dirty) {
        dirty = false
        const now = JSON.stringify([...waiting.values()])
        if (now === written) continue
        await memory.set(key, now)
        written = now
      }
    } catch (error) {
      log.error("what waits to be heard could not be written down", { error })
    } finally {
      saving = undefined
    }
  }
  const save = () => {
    dirty = true
    return (saving ??= write())
  }
  const later = (ms: number, work: () => void) => {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel)
      work()
    })
    timers.add(cancel)
  }

  const done = (name: string) => {
    waiting.delete(name)
    taken.add(name)
    if (taken.size > mostRemembered) taken.delete(taken.values().next().value!)
    void save()
    if (waiting.size < mostWaiting) for (const go of full.splice(0)) go()
  }
  const hand = async (name: string, arrival: Arrival, waitMs = firstRetryMs) => {
    if (closed || signal.aborted) return
    let heard: Heard | undefined
    try {
      heard = await arrived(arrival)
    } catch (error) {
      log.warn("a message was not taken; it is handed over again", { error })
    }
    if (heard) return done(name)
    if (closed) return
    later(waitMs, () => void hand(name, arrival, Math.min(waitMs * 2, longestRetryMs)))
  }

  const take = async (arrival: Arrival) => {
    const name = `${arrival.conversation.id} ${arrival.id}`
    if (waiting.has(name) || taken.has(name)) return
    waiting.set(name, arrival)
    void save()
    void hand(name, arrival)
    if (waiting.size < mostWaiting) return
    await new Promise<void>((go) => full.push(go))
  }

  for (const arrival of restored(memory.get(key))) void take(arrival)
  return {
    take,
    async close() {
      closed = true
      for (const cancel of timers) cancel()
      for (const go of full.splice(0)) go()
      await save()
    },
  }
}

/** What we wrote ourselves. */
const restored = (text: string | undefined): Arrival[] => {
  try {
    return JSON.parse(text ?? "[]") as Arrival[]
  } catch {
    return []
  }
}
