import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"

const word = onFirstUse(() => z.string().max(256))

export const presenceEntry = onFirstUse(() =>
  z.object({
    host: word().optional(),
    ip: word().optional(),
    version: word().optional(),
    platform: word().optional(),
    deviceFamily: word().optional(),
    modelIdentifier: word().optional(),
    mode: word().optional(),
    lastInputSeconds: z.number().optional(),
    reason: word().optional(),
    tags: z.array(word()).max(32).optional(),
    text: z.string().max(2000).optional(),
    ts: z.number(),
    deviceId: word().optional(),
    roles: z.array(word()).max(32).optional(),
    scopes: z.array(word()).max(32).optional(),
    instanceId: word().optional(),
  }),
)
export type PresenceEntry = z.infer<ReturnType<typeof presenceEntry>>

type Said = Omit<PresenceEntry, "ts">

export interface Presence {
  list(): PresenceEntry[]
  /** Sets or renews an entry; `key` is case-insensitive. Roles and scopes merge. */
  upsert(key: string, entry: Said): void
  /** The same for a connection, whose entry stays while it does. */
  enter(key: string, entry: Said): void
  /** A connection went: with the last one, its entry keeps its row until it is too old. */
  leave(key: string): void
  /** Drops what is too old. */
  sweep(): void
  /** Moves on with every change. */
  readonly version: number
}
export const Presence = service<Presence>("presence")

const ttlMs = 5 * 60_000
const most = 200
const selfKey = "self"

interface Row {
  entry: PresenceEntry
  /** Connections under this key. */
  open: number
}

/** Who is here, in memory only. `changed` runs after every change. */
export const createPresence = (options: {
  now: () => number
  self: Said
  changed: () => void
}): Presence => {
  const { now, self, changed } = options
  /** Ordered by age: a renewed row is taken out and put back. */
  const rows = new Map<string, Row>()
  let version = 0
  const touch = () => {
    version++
    changed()
  }
  const expire = () => {
    const before = rows.size
    const limit = now() - ttlMs
    for (const [key, { entry, open }] of rows)
      if (rows.size > most || (!open && entry.ts < limit)) rows.delete(key)
    return rows.size < before
  }
  const put = (key: string, entry: Said, opened: number) => {
    if (key === selfKey) return
    const known = rows.get(key)
    rows.delete(key)
    rows.set(key, {
      entry: {
        ...known?.entry,
        ...said(entry),
        roles: merged(known?.entry.roles, entry.roles),
        scopes: merged(known?.entry.scopes, entry.scopes),
        ts: now(),
      },
      open: (known?.open ?? 0) + opened,
    })
    expire()
    touch()
  }
  return {
    get version() {
      return version
    },
    list() {
      if (expire()) version++
      return [{ ...self, ts: now() }, ...[...rows.values()].map(({ entry }) => entry)]
    },
    upsert: (key, entry) => put(key.toLowerCase(), entry, 0),
    enter: (key, entry) => put(key.toLowerCase(), entry, 1),
    leave(written) {
      const key = written.toLowerCase()
      const row = rows.get(key)
      if (!row) return
      row.open = Math.max(0, row.open - 1)
      if (!row.open) put(key, { reason: "disconnect" }, 0)
    },
    sweep() {
      if (expire()) touch()
    },
  }
}

/** What an entry leaves out is no reason to forget it. */
const said = (entry: Said): Said =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined))

const merged = (a: string[] | undefined, b: string[] | undefined) =>
  a && b ? [...new Set([...a, ...b])] : (b ?? a)
