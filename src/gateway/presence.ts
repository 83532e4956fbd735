import { z } from "zod"
import { service } from "../kernel/service.ts"

export const presenceEntry = z.object({
  host: z.string().optional(),
  ip: z.string().optional(),
  version: z.string().optional(),
  platform: z.string().optional(),
  deviceFamily: z.string().optional(),
  modelIdentifier: z.string().optional(),
  mode: z.string().optional(),
  lastInputSeconds: z.number().optional(),
  reason: z.string().optional(),
  tags: z.array(z.string()).optional(),
  text: z.string().optional(),
  ts: z.number(),
  deviceId: z.string().optional(),
  roles: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  instanceId: z.string().optional(),
})
export type PresenceEntry = z.infer<typeof presenceEntry>

export interface Presence {
  list(): PresenceEntry[]
  /** Sets or renews an entry; `key` is case-insensitive. Roles and scopes merge. */
  upsert(key: string, entry: Omit<PresenceEntry, "ts">): void
  /** An entry whose connection went keeps its row until it is too old. */
  gone(key: string): void
  /** Moves on with every change. */
  readonly version: number
}
export const Presence = service<Presence>("presence")

const ttlMs = 5 * 60_000
const most = 200
const selfKey = "self"

const merged = (a: string[] | undefined, b: string[] | undefined) =>
  a && b ? [...new Set([...a, ...b])] : (b ?? a)

/** Who is here, in memory only. `changed` runs after every change. */
export const createPresence = (options: {
  now: () => number
  self: Omit<PresenceEntry, "ts">
  changed: () => void
}): Presence => {
  const { now, self, changed } = options
  const entries = new Map<string, PresenceEntry>()
  let version = 0
  const touch = () => {
    version++
    changed()
  }
  const expire = () => {
    const limit = now() - ttlMs
    for (const [key, entry] of entries) {
      if (entry.ts >= limit && entries.size <= most) break
      if (entry.ts < limit || entries.size > most) entries.delete(key)
    }
  }
  return {
    get version() {
      return version
    },
    list() {
      expire()
      return [{ ...self, ts: now() }, ...entries.values()]
    },
    upsert(written, entry) {
      const key = written.toLowerCase()
      if (key === selfKey) return
      const known = entries.get(key)
      // Taken out and put back: the map stays ordered by age.
      entries.delete(key)
      entries.set(key, {
        ...known,
        ...entry,
        roles: merged(known?.roles, entry.roles),
        scopes: merged(known?.scopes, entry.scopes),
        ts: now(),
      })
      expire()
      touch()
    },
    gone(written) {
      const known = entries.get(written.toLowerCase())
      if (!known) return
      known.reason = "disconnect"
      touch()
    },
  }
}
