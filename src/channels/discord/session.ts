import type { ConnectContext } from "../../kernel/connect-context.ts"
import * as z from "zod"

const stored = z.object({ id: z.string(), url: z.string(), seq: z.number() })
type Stored = z.infer<typeof stored>

const key = "session"

/**
 * The gateway session: it outlasts connections and restarts, and Discord tells again what came after
 * the number we resume with. That is the last one up to which everything was taken in.
 */
export const sessionKeeper = ({ memory, log }: Pick<ConnectContext, "memory" | "log">) => {
  let session: Stored | undefined = read(memory.get(key))
  const states = new Map<number, "taking" | "taken">()
  let writing: Promise<void> | undefined
  let dirty = false

  /** One write at a time, and always of the latest. */
  const save = () => {
    dirty = true
    writing ??= (async () => {
      while (dirty) {
        dirty = false
        await memory.set(key, session ? JSON.stringify(session) : "")
      }
    })()
      .catch((error: unknown) => log.warn("session not kept", { reason: String(error) }))
      .finally(() => {
        writing = undefined
      })
  }

  return {
    get current() {
      return session
    },
    begin(id: string, url: string, seq: number) {
      session = { id, url, seq }
      states.clear()
      save()
    },
    forget() {
      session = undefined
      states.clear()
      save()
    },
    /** True when this event is new; false when it is under way or was taken before. */
    isNew(seq: number) {
      if (!session || seq <= session.seq || states.has(seq)) return false
      states.set(seq, "taking")
      return true
    },
    taken(seq: number) {
      if (!session || !states.has(seq)) return
      states.set(seq, "taken")
      let last = session.seq
      while (states.get(last + 1) === "taken") states.delete((last += 1))
      if (last === session.seq) return
      session = { ...session, seq: last }
      save()
    },
    /** Settles once what was noted is on disk. */
    saved: async () => writing,
  }
}

const read = (text: string | undefined): Stored | undefined => {
  if (!text) return undefined
  const parsed = stored.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : undefined
}
