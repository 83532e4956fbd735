import { setImmediate } from "node:timers/promises"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import { chunking, chunkText } from "./chunks.ts"
import type { Embedder } from "./embedders.ts"
import { findFiles, readPlain, type Roots } from "./places.ts"
import { normalized } from "./scores.ts"
import { hashOf, type IndexStore } from "./store.ts"

/** How an index stands, for people. */
export interface Upkept {
  /** When the files were last gone through. */
  lookedAt?: number
  /** Files and folders that are no part of it, and why. */
  left: readonly string[]
  /** Why there are no new embeddings for now. */
  trouble?: string
}

interface Needs {
  store: IndexStore
  roots: () => Roots
  /** Undefined while nobody makes embeddings. */
  embedder: () => Embedder | undefined
  cacheEntries: () => number
  /** Hears in which folders the files are, after each look. */
  looked: (folders: readonly string[]) => void
  clock: Clock
  log: Log
}

/** Embedded at once, between looks at what else there is to do. */
const batch = 64
/** A service that failed rests, longer each time. */
const rest = { firstMs: 30_000, mostMs: 600_000 }

/** Keeps one index like the files; every step is short, and others get their turn between steps. */
export const createUpkeep = (needs: Needs) => {
  const { store, roots, embedder, clock, log } = needs
  const stop = new AbortController()
  const upkept: Upkept = { left: [] }
  let restsUntil = 0
  let restMs = rest.firstMs

  const begin = () =>
    store.begin({
      embedder: embedder()?.id,
      chunking: `${chunking.tokens}/${chunking.overlap}`,
    })

  const look = async () => {
    begin()
    const { files, folders, left } = await findFiles(roots())
    const known = new Map(store.files().map((file) => [file.path, file]))
    for (const { path, real, state, bytes } of files) {
      if (stop.signal.aborted) return
      const before = known.get(path)
      known.delete(path)
      if (before?.state === state) continue
      const text = readPlain(real)
      if (typeof text !== "string") {
        store.remove(path)
        continue
      }
      const hash = hashOf(text)
      const file = { path, state, hash, bytes }
      if (before?.hash === hash) store.touch(file)
      else store.put(file, text.includes("\0") ? [] : chunkText(text))
      await setImmediate()
    }
    if (stop.signal.aborted) return
    for (const path of known.keys()) store.remove(path)
    Object.assign(upkept, { lookedAt: clock.now(), left })
    needs.looked(folders)
  }

  const embed = async () => {
    while (!stop.signal.aborted && clock.now() >= restsUntil) {
      const by = embedder()
      if (!by) return
      begin()
      const texts = store.missing(batch)
      if (!texts.length) return store.trim(needs.cacheEntries())
      const made = await vectorsFor(by, texts)
      // The settings may name another one by now.
      if (made && !stop.signal.aborted && embedder()?.id === by.id) store.addVectors(made)
      if (!made) return
    }
  }

  /** Undefined when the service cannot be had; a text it refuses alone gets null. */
  const vectorsFor = async (
    by: Embedder,
    texts: readonly { hash: string; text: string }[],
  ): Promise<{ hash: string; vector: Float32Array | null }[] | undefined> => {
    try {
      const vectors = await by.embed(
        texts.map(({ text }) => text),
        { purpose: "document", signal: stop.signal },
      )
      worked()
      return texts.map(({ hash }, at) => ({ hash, vector: normalized(vectors[at]!) }))
    } catch (error) {
      if (stop.signal.aborted) return undefined
      // One text can spoil a batch; a service that never worked is at fault itself.
      if (!isRefusal(error) || !store.counts().vectors) return void failed(error)
      if (texts.length === 1) return [{ hash: texts[0]!.hash, vector: null }]
      const half = Math.ceil(texts.length / 2)
      const first = await vectorsFor(by, texts.slice(0, half))
      const second = first && (await vectorsFor(by, texts.slice(half)))
      return second && [...first, ...second]
    }
  }

  const worked = () => {
    restMs = rest.firstMs
    restsUntil = 0
    upkept.trouble = undefined
  }

  const failed = (error: unknown) => {
    restsUntil = clock.now() + restMs
    restMs = Math.min(restMs * 2, rest.mostMs)
    upkept.trouble = error instanceof Fault ? error.message : "the service for embeddings failed"
    log.warn("no embeddings for memory for now", { error, path: store.path })
  }

  const looking = alone(look)
  const embedding = alone(embed)
  return {
    upkept: upkept as Readonly<Upkept>,
    /** Reads what changed; after that, words are found. */
    look: looking,
    /** Makes the vectors that are missing. */
    embed: embedding,
    rests: () => clock.now() < restsUntil,
    /** Someone wants it tried again now. */
    wake: worked,
    worked,
    failed,
    async close() {
      stop.abort()
      await Promise.allSettled([looking.running(), embedding.running()])
    },
  }
}
export type Upkeep = ReturnType<typeof createUpkeep>

const isRefusal = (error: unknown) =>
  error instanceof Fault && error.status >= 400 && error.status < 500 && !error.toWire().retryable

/** One run at a time. Whoever asks during a run gets one that begins after it. */
const alone = (work: () => Promise<void>) => {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const run = (): Promise<void> => {
    if (running)
      return (next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined
          return run()
        }))
    return (running = work().finally(() => (running = undefined)))
  }
  return Object.assign(run, { running: () => next ?? running })
}
