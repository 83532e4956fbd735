import { setImmediate } from "node:timers/promises"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import { textOf } from "./message.ts"
import type { Found, SearchStore } from "./search-store.ts"

export interface Hit extends Omit<Found, "message"> {
  role: string
  timestamp: number
  /** The words around the first that was found. */
  snippet: string
}

export interface Search {
  /** The best matches first. `complete` is false while words of transcripts are still being read. */
  find(wanted: {
    text: string
    agentId?: string
    sessionId?: string
    limit: number
  }): Promise<{ hits: Hit[]; complete: boolean }>
}
export const Search = service<Search>("session search")

/** Entries read at once; a turn may have to wait for so many. */
const slice = 100
/** When the rush of a start is over, what is new is read now and then; a backlog bit by bit. */
const pace = { firstMs: 15_000, idleMs: 20_000, backlogMs: 100 }
/** As long as someone who searches waits for what is new. */
const patienceMs = 300

/** `store` is made at the first use: at a start nobody searches. */
export const createSearch = (needs: {
  store: () => SearchStore
  clock: Clock
  log: Log
}): Search & { close(): void } => {
  const { clock, log } = needs
  let made: SearchStore | undefined
  const store = () => (made ??= needs.store())
  /** An index that is damaged is made anew: it holds nothing that is not in the transcripts. */
  const whole = <T>(work: (store: SearchStore) => T): T => {
    try {
      return work(store())
    } catch (error) {
      if (!String((error as { code?: unknown }).code).startsWith("SQLITE_CORRUPT")) throw error
      log.warn("the index of transcripts is damaged and made anew", { error })
      store().clear()
      return work(store())
    }
  }
  let cancel = clock.after(pace.firstMs, keepUp)

  function keepUp() {
    let isBehind = false
    try {
      isBehind = whole((store) => store.catchUp(slice))
    } catch (error) {
      log.warn("transcripts cannot be read for the search", { error })
    }
    cancel = clock.after(isBehind ? pace.backlogMs : pace.idleMs, keepUp)
  }

  const catchUp = async () => {
    const until = clock.now() + patienceMs
    while (whole((store) => store.catchUp(slice))) {
      if (clock.now() > until) return false
      await setImmediate()
    }
    return true
  }

  return {
    async find({ text, limit, ...wanted }) {
      const words = wordsIn(text)
      const complete = await catchUp()
      if (!words.length) return { hits: [], complete }
      const found = whole((store) => store.find({ words, ...wanted })).map((one) => {
        const text = textOf(one.message)
        return { ...one, text, worth: worthOf(text, words) }
      })
      // Of equals the newest stays first.
      const best = found.toSorted((a, b) => b.worth - a.worth).slice(0, limit)
      const hits = best.map(({ message, text, worth: _, ...one }) => ({
        ...one,
        role: message.role,
        timestamp: message.timestamp,
        snippet: snippetOf(text, words),
      }))
      return { hits, complete }
    },
    close: () => cancel(),
  }
}

/** Words and numbers; signs between them only part them. */
export const wordsIn = (text: string) =>
  text
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean)
    .slice(0, 16)

/** The more often the words stand in it, and the less else does, the better. */
const worthOf = (text: string, words: readonly string[]) => {
  const plain = text.slice(0, 20_000).toLowerCase()
  const counts = words.map((word) => plain.split(word.toLowerCase(), 6).length)
  return counts.reduce((sum, count) => sum + count, 0) / Math.sqrt(plain.length + 200)
}

const around = 80

/** One line of the text, from a little before the first of the words. */
export const snippetOf = (text: string, words: readonly string[]) => {
  const plain = fold(text)
  const places = words.map((word) => plain.indexOf(fold(word))).filter((at) => at >= 0)
  const at = places.length && plain.length === text.length ? Math.min(...places) : 0
  const from = Math.max(0, at - around)
  const to = at + 2 * around
  const line = text.slice(from, to).toWellFormed().replace(/\s+/g, " ").trim()
  return `${from > 0 ? "…" : ""}${line}${to < text.length ? "…" : ""}`
}

/** As the index compares: without case and marks on letters. Keeps the length where letters do. */
const fold = (text: string) =>
  text.replace(/\p{L}/gu, (letter) => {
    const base = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    return base.length === letter.length ? base : letter
  })
