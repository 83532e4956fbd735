import { createBus } from "../../src/kernel/event.ts"
import { session } from "../../src/sessions/config.ts"
import { createDirectory } from "../../src/sessions/directory.ts"
import type { Message } from "../../src/sessions/message.ts"
import { migrations } from "../../src/sessions/schema.ts"
import { createSearchStore } from "../../src/sessions/search-store.ts"
import { createSearch } from "../../src/sessions/search.ts"
import { createSessionStore } from "../../src/sessions/store.ts"
import { createUpkeepStore } from "../../src/sessions/upkeep-store.ts"
import { createUpkeep } from "../../src/sessions/upkeep.ts"
import { Database } from "../../src/store/database.ts"
import { silentLog } from "./silent-log.ts"
import { turnableClock } from "./turnable-clock.ts"

export const asked = (content: string, timestamp = 10): Message => ({
  role: "user",
  content,
  timestamp,
})
export const said = (text: string, timestamp = 20): Message => ({
  role: "assistant",
  content: [{ type: "text", text }],
  timestamp,
})

/** All that keeps sessions, on a database of its own and a clock that stands still. */
export const keepSessions = ({
  settings = {},
  path = ":memory:",
  at = Date.parse("2026-06-01T12:00:00Z"),
}: { settings?: object; path?: string; at?: number } = {}) => {
  const db = new Database(path, migrations)
  const clock = turnableClock(at)
  const config = { current: session.schema.parse(settings) }
  const store = createSessionStore(db)
  const bus = createBus()
  const told: { name: string; reason?: string }[] = []
  bus.on(({ name }, payload) => told.push({ name, ...(payload as object) }))
  const directory = createDirectory({
    store,
    bus,
    now: clock.now,
    defaultAgent: () => "main",
    settings: () => config.current,
    zone: () => "UTC",
  })
  const common = { clock, log: silentLog }
  const search = createSearch({ store: () => createSearchStore(db), ...common })
  const upkeep = createUpkeep({
    store: () => createUpkeepStore(db),
    directory,
    sessions: store,
    settings: () => config.current,
    ...common,
  })
  return {
    db,
    clock,
    store,
    directory,
    search,
    upkeep,
    told,
    configure: (settings: object) => (config.current = session.schema.parse(settings)),
    /** A session with words in it, written by another store: what is read of them comes from disk. */
    async talk(key: string, ...words: string[]) {
      const opened = await directory.open(key, directory.key(key).agentId)
      const at = clock.now()
      await createSessionStore(db).append(
        opened,
        null,
        words.map((text, n) => (n % 2 ? said(text, at) : asked(text, at))),
      )
      return (await directory.find(key))!
    },
    [Symbol.dispose]() {
      search.close()
      upkeep.close()
      db.close()
    },
  }
}
