import type { ConnectContext } from "../../kernel/connect-context.ts"
import * as z from "zod"
import { idAt } from "./snowflake.ts"

const stored = z.object({ id: z.string(), url: z.string(), seq: z.number() })
type Stored = z.infer<typeof stored>

const key = "session"
const heardKey = "heard"

/**
 * The gateway session: it outlasts connections and restarts, and Discord tells again what came after
 * the number we resume with. That is the last one up to which everything was taken in.
 */
export const sessionKeeper = ({
  memory,
  clock,
  log,
}: Pick<ConnectContext, "memory" | "clock" | "log">) => {
  let session: Stored | undefined = read(memory.get(key))
  /** The newest message up to which everything was taken in, in this session or one before. */
  let heard = BigInt(memory.get(heardKey) ?? 0)
  /** Events by their number: the message one was, or 0; undefined while it is being taken in. */
  const events = new Map<number, bigint | undefined>()
  let writing: Promise<void> | undefined
  let dirty = false

  /** One write at a time, and always of the latest. */
  const save = () => {
    dirty = true
    writing ??= (async () => {
      while (dirty) {
        dirty = false
        await memory.set(heardKey, String(heard))
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
    get heard() {
      return heard
    },
    /** The event that tells of the session is its first, and to be taken in as well. */
    begin(id: string, url: string, seq: number) {
      session = { id, url, seq: seq - 1 }
      // Whoever was never connected has missed nothing.
      heard ||= idAt(clock.now())
      events.clear()
      save()
    },
    forget() {
      session = undefined
      events.clear()
      save()
    },
    /** True when this event is new; false when it is under way or was taken before. */
    isNew(seq: number) {
      if (!session || seq <= session.seq || events.has(seq)) return false
      events.set(seq, undefined)
      return true
    },
    /** `messageId`: of the message that the event told. */
    taken(seq: number, messageId = "0") {
      if (!session || !events.has(seq)) return
      events.set(seq, BigInt(messageId))
      let last = session.seq
      for (let said = events.get(last + 1); said !== undefined; said = events.get(last + 1)) {
        events.delete((last += 1))
        if (said > heard) heard = said
      }
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
