import { type Arrival, type ConnectContext, type Heard } from "../../kernel/network.ts"

export interface Hold {
  /** Hands it over until it is taken. Settles when there is room for more. */
  take(arrival: Arrival): Promise<void>
  /** Writes down what was not taken yet. */
  close(): Promise<void>
}

const key = "waiting"
const patienceMs = 100
const firstRetryMs = 200
const longestRetryMs = 30_000
const mostWaiting = 500
const mostRemembered = 1_000

/**
 * The daemon tells everything once and asks for no receipt. What cannot be taken at once is therefore
 * written down and handed over again, also after a restart; and nothing more is read while too much
 * waits.
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
  let saving = Promise.resolve()
  let closed = false

  const save = () => {
    const now = JSON.stringify([...waiting.values()])
    if (now === written) return saving
    written = now
    saving = saving
      .then(() => memory.set(key, now))
      .catch((error: unknown) => {
        log.error("what waits to be heard could not be written down", { error })
      })
    return saving
  }
  const later = (ms: number, work: () => void) => {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel)
      work()
    })
    timers.add(cancel)
    return () => {
      cancel()
      timers.delete(cancel)
    }
  }

  const done = (name: string) => {
    waiting.delete(name)
    taken.add(name)
    if (taken.size > mostRemembered) taken.delete(taken.values().next().value!)
    if (written !== "[]") void save()
    if (waiting.size < mostWaiting) for (const go of full.splice(0)) go()
  }
  const hand = async (name: string, arrival: Arrival, waitMs = firstRetryMs) => {
    if (closed || signal.aborted) return
    const patience = later(patienceMs, () => void save())
    let heard: Heard | undefined
    try {
      heard = await arrived(arrival)
    } catch (error) {
      log.warn("a message was not taken; it is handed over again", { error })
    }
    patience()
    if (heard) return done(name)
    void save()
    if (closed) return
    later(waitMs, () => void hand(name, arrival, Math.min(waitMs * 2, longestRetryMs)))
  }

  const take = async (arrival: Arrival) => {
    const name = `${arrival.conversation.id} ${arrival.id}`
    if (waiting.has(name) || taken.has(name)) return
    waiting.set(name, arrival)
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
