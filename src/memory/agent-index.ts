import { rmSync } from "node:fs"
import type { MemorySearch } from "../agents/memory-search.ts"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Embedder, Missing } from "./embedders.ts"
import type { Roots } from "./places.ts"
import { normalized } from "./scores.ts"
import { rank, type Ranked, wordsIn } from "./search.ts"
import { openIndex } from "./store.ts"
import { createUpkeep } from "./upkeep.ts"
import { watchFolders } from "./watch.ts"

export interface Answer {
  hits: Ranked[]
  /** By words alone, or by meaning too. */
  mode: "keyword" | "vector" | "hybrid"
  embedder?: Pick<Embedder, "provider" | "model">
  /** Why it is less than it could be. */
  note?: string
}

interface Needs {
  path: string
  settings: () => MemorySearch
  roots: () => Roots
  embedder: () => Embedder | Missing
  clock: Clock
  log: Log
}

/** As long as a search waits for files that changed, and for the vector of its question. */
const patience = { lookMs: 2_000, embedMs: 10_000 }

/** One agent's index: searched, kept like the files, and made again when it is damaged. */
export const createAgentIndex = (needs: Needs) => {
  const { path, settings, clock, log } = needs
  const embedder = () => {
    const found = needs.embedder()
    return "missing" in found ? undefined : found
  }

  const open = () => {
    const store = openIndex(path)
    const upkeep = createUpkeep({
      store,
      roots: needs.roots,
      embedder,
      cacheEntries: () => settings().cacheEntries,
      looked: (folders) => watcher.follow(settings().sync.watch ? folders : []),
      clock,
      log,
    })
    return { store, upkeep }
  }
  const openSound = () => {
    try {
      return open()
    } catch (error) {
      return afresh(error)
    }
  }
  const afresh = (error: unknown) => {
    log.warn("the index of memory is damaged and made anew", { error, path })
    for (const part of ["", "-wal", "-shm"]) rmSync(path + part, { force: true })
    return open()
  }

  const watcher = watchFolders({
    debounceMs: () => settings().sync.watchDebounceMs,
    clock,
    changed: () => void freshen().catch(() => undefined),
  })
  let now = openSound()

  /** Damage shows when something is read. */
  const whole = async <T>(work: (index: typeof now) => Promise<T>): Promise<T> => {
    const used = now
    try {
      return await work(used)
    } catch (error) {
      if (!isDamage(error)) throw error
      if (now === used) {
        await used.upkeep.close()
        used.store.close()
        now = afresh(error)
      }
      await now.upkeep.look()
      return work(now)
    }
  }

  const embedLater = () =>
    void now.upkeep.embed().catch((error: unknown) => log.error("embedding failed", { error }))

  const freshen = async () => {
    await whole(({ upkeep }) => upkeep.look())
    embedLater()
  }

  const search = async (
    text: string,
    { maxResults, minScore, signal }: { maxResults: number; minScore: number; signal: AbortSignal },
  ): Promise<Answer> => {
    const { hybrid, sync } = settings()
    const isFirst = now.upkeep.upkept.lookedAt === undefined
    const looked = sync.onSearch || isFirst ? await within(freshen(), patience.lookMs, clock) : true
    const question = await embedQuestion(text, signal)
    const hits = await whole(({ store }) =>
      rank(
        store,
        {
          words: wordsIn(text),
          vector: question.vector,
          maxResults,
          minScore,
          now: clock.now(),
          signal,
        },
        hybrid,
      ),
    )
    const { missing } = now.store.counts()
    const notes = [
      !looked && "Not all memory files are read yet.",
      question.note,
      question.vector && missing > 0 && `${missing} pieces are found by their words only, for now.`,
    ]
    return {
      hits,
      mode: !question.vector ? "keyword" : hybrid.enabled ? "hybrid" : "vector",
      ...(question.vector && { embedder: question.by }),
      note: notes.filter(Boolean).join(" ") || undefined,
    }
  }

  const embedQuestion = async (
    text: string,
    signal: AbortSignal,
  ): Promise<{ vector?: Float32Array; by?: Embedder; note?: string }> => {
    const by = embedder()
    if (!by) return { note: notByChoice(needs.embedder(), settings()) }
    const { upkeep, store } = now
    const failed = (what: string) => ({
      note: `Searched by words alone: ${what}`,
    })
    if (upkeep.rests()) return failed(upkeep.upkept.trouble ?? "no embeddings for now.")
    if (store.embedder() !== by.id) return failed("meanings are being read anew.")
    const late = new AbortController()
    const cancel = clock.after(patience.embedMs, () => late.abort())
    try {
      const [vector] = await by.embed([text], {
        purpose: "query",
        signal: AbortSignal.any([signal, late.signal]),
      })
      upkeep.worked()
      return { vector: normalized(vector!), by }
    } catch (error) {
      if (signal.aborted) throw error
      upkeep.failed(error)
      return failed(
        error instanceof Fault ? error.message : `${by.provider} did not answer in time.`,
      )
    } finally {
      cancel()
    }
  }

  return {
    search,
    freshen,
    /** Reads every file again, and makes vectors until none is missing. */
    async rebuild({ force }: { force: boolean }) {
      if (force) now.store.clear()
      now.upkeep.wake()
      await whole(({ upkeep }) => upkeep.look())
      await now.upkeep.embed()
    },
    status: () => ({
      path,
      ...now.store.counts(),
      embeddedBy: now.store.embedder(),
      ...now.upkeep.upkept,
    }),
    async close() {
      watcher.stop()
      await now.upkeep.close()
      now.store.close()
    },
  }
}
export type AgentIndex = ReturnType<typeof createAgentIndex>

const isDamage = (error: unknown) =>
  /^SQLITE_(?:CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code))

/** Nobody needs telling that there is no embedder where none was asked for. */
const notByChoice = (found: Embedder | Missing, { provider }: MemorySearch) =>
  "missing" in found && provider !== "auto" && provider !== "none"
    ? `Searched by words alone: ${found.missing.message}`
    : undefined

/** True when the work is done in time; it goes on either way. */
const within = async (work: Promise<unknown>, ms: number, clock: Clock) => {
  const late = Promise.withResolvers<false>()
  const cancel = clock.after(ms, () => late.resolve(false))
  try {
    return await Promise.race([work.then(() => true), late.promise])
  } finally {
    cancel()
  }
}
