import { setImmediate } from "node:timers/promises"
import { Database, type Migration } from "../store/database.ts"
import type { Chunk } from "./chunks.ts"
import { dot } from "./scores.ts"

/** The schema of one agent's index. It holds nothing that cannot be made again. */
const migrations: readonly Migration[] = [
  {
    id: "memory.1",
    sql: `
      CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE files (
        path TEXT PRIMARY KEY, state TEXT NOT NULL, hash TEXT NOT NULL, bytes INTEGER NOT NULL
      ) STRICT;
      -- vector: 0 where there is none yet, -1 where the service would not make one
      CREATE TABLE chunks (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL, start_line INTEGER NOT NULL,
        end_line INTEGER NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL,
        vector INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX chunks_by_path ON chunks (path);
      CREATE INDEX chunks_by_vector ON chunks (vector);
      CREATE TABLE vectors (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, vector BLOB NOT NULL) STRICT;
      CREATE VIRTUAL TABLE words USING fts5 (
        text, content = 'chunks', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
      );
      CREATE TRIGGER chunk_added AFTER INSERT ON chunks BEGIN
        INSERT INTO words (rowid, text) VALUES (new.id, new.text);
      END;
      CREATE TRIGGER chunk_removed AFTER DELETE ON chunks BEGIN
        INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
      END;`,
  },
]

export interface Piece extends Chunk {
  id: number
  path: string
}

export interface KnownFile {
  path: string
  state: string
  hash: string
}

/** Vectors looked at before others get their turn. */
const slice = 500

export type IndexStore = ReturnType<typeof openIndex>

export const openIndex = (path: string) => {
  const db = new Database(path, migrations)
  const { sqlite } = db
  const fact = sqlite.query<{ value: string }, [string]>("SELECT value FROM facts WHERE name = ?")
  const setFact = sqlite.query("INSERT OR REPLACE INTO facts VALUES (?, ?)")
  const putFile = sqlite.query("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)")
  const forgetFile = sqlite.query("DELETE FROM files WHERE path = ?")
  const forgetChunks = sqlite.query("DELETE FROM chunks WHERE path = ?")
  const putChunk = sqlite.query(
    `INSERT INTO chunks (path, start_line, end_line, text, hash, vector)
     VALUES ($path, $startLine, $endLine, $text, $hash,
       coalesce((SELECT id FROM vectors WHERE hash = $hash), 0))`,
  )
  const putVector = sqlite.query<{ id: number }, [string, Uint8Array]>(
    `INSERT INTO vectors (hash, vector) VALUES (?, ?)
     ON CONFLICT (hash) DO UPDATE SET vector = excluded.vector RETURNING id`,
  )
  const linkVector = sqlite.query("UPDATE chunks SET vector = ? WHERE hash = ? AND vector = 0")
  const columns = "c.id, c.path, c.start_line AS startLine, c.end_line AS endLine, c.text"
  // Sorted first: the texts of all that match are much more than what is wanted of them.
  const matching = sqlite.query<Piece & { rank: number }, [string, number]>(
    `WITH best AS MATERIALIZED (
       SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?)
     SELECT ${columns}, best.rank FROM best JOIN chunks c ON c.id = best.rowid ORDER BY best.rank`,
  )
  const withVector = sqlite.query<Piece, [number]>(
    `SELECT ${columns} FROM chunks c WHERE vector = ?`,
  )
  const vectorOf = sqlite.query<{ vector: Uint8Array }, [number]>(
    "SELECT v.vector FROM chunks c JOIN vectors v ON v.id = c.vector WHERE c.id = ?",
  )
  const someVectors = sqlite.query<{ id: number; vector: Uint8Array }, [number, number]>(
    `SELECT id, vector FROM vectors WHERE id > ?
       AND EXISTS (SELECT 1 FROM chunks WHERE chunks.vector = vectors.id) ORDER BY id LIMIT ?`,
  )
  const missing = sqlite.query<{ hash: string; text: string }, [number]>(
    "SELECT hash, text FROM chunks WHERE vector = 0 GROUP BY hash LIMIT ?",
  )
  const counted = sqlite.query<
    { files: number; chunks: number; bytes: number; missing: number; vectors: number },
    []
  >(
    `SELECT (SELECT count(*) FROM files) AS files, (SELECT count(*) FROM chunks) AS chunks,
       (SELECT coalesce(sum(bytes), 0) FROM files) AS bytes,
       (SELECT count(*) FROM chunks WHERE vector = 0) AS missing,
       (SELECT count(*) FROM vectors) AS vectors`,
  )
  const trim = sqlite.query(
    `DELETE FROM vectors WHERE id IN (
       SELECT id FROM vectors WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.vector = vectors.id)
       ORDER BY id DESC LIMIT -1 OFFSET ?)`,
  )

  return {
    path,
    counts: () => counted.get()!,
    files: () => sqlite.query<KnownFile, []>("SELECT path, state, hash FROM files").all(),
    embedder: () => fact.get("embedder")?.value,

    /** Vectors of another embedder, and chunks of another size, are of no use. */
    begin(about: { embedder?: string; chunking: string }) {
      db.write(() => {
        if (fact.get("chunking")?.value !== about.chunking) {
          sqlite.run("DELETE FROM chunks")
          sqlite.run("DELETE FROM files")
          setFact.run("chunking", about.chunking)
        }
        if (about.embedder === undefined || fact.get("embedder")?.value === about.embedder) return
        sqlite.run("UPDATE chunks SET vector = 0 WHERE vector <> 0")
        sqlite.run("DELETE FROM vectors")
        setFact.run("embedder", about.embedder)
      })
    },

    touch({ path, state, hash, bytes }: KnownFile & { bytes: number }) {
      db.write(() => putFile.run(path, state, hash, bytes))
    },

    put(file: KnownFile & { bytes: number }, chunks: readonly Chunk[]) {
      const { path, state, hash, bytes } = file
      db.write(() => {
        forgetChunks.run(path)
        for (const chunk of chunks) putChunk.run({ ...chunk, path, hash: hashOf(chunk.text) })
        putFile.run(path, state, hash, bytes)
      })
    },

    remove(path: string) {
      db.write(() => {
        forgetChunks.run(path)
        forgetFile.run(path)
      })
    },

    /** Makes every file be read again; vectors stay. */
    clear() {
      db.write(() => {
        sqlite.run("DELETE FROM chunks")
        sqlite.run("DELETE FROM files")
      })
    },

    /** Texts that have no vector yet. */
    missing: (count: number) => missing.all(count),

    /** Null for a text that the service would not take. */
    addVectors(made: readonly { hash: string; vector: Float32Array | null }[]) {
      db.write(() => {
        for (const { hash, vector } of made)
          linkVector.run(vector ? putVector.get(hash, bytesOf(vector))!.id : -1, hash)
      })
    },

    /** Lets go of vectors that no text has any more, but for so many of the newest. */
    trim: (keep: number) => db.write(() => void trim.run(keep)),

    /** The best by BM25, each with how far it is behind the best one. */
    match(words: readonly string[], count: number): (Piece & { rank: number })[] {
      if (!words.length) return []
      const query = words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" OR ")
      const found = matching.all(query, count)
      const best = found[0]?.rank ?? 0
      return found.map((one) => ({ ...one, rank: one.rank - best }))
    },

    /** The nearest to a vector of length 1. */
    async nearest(query: Float32Array, count: number, signal: AbortSignal) {
      const best: { id: number; score: number }[] = []
      for (let after = 0; ;) {
        const rows = someVectors.all(after, slice)
        for (const { id, vector } of rows) {
          if (vector.byteLength !== query.byteLength) continue
          const score = dot(query, floatsOf(vector))
          if (best.length === count && score <= best.at(-1)!.score) continue
          const at = best.findIndex((one) => one.score < score)
          best.splice(at < 0 ? best.length : at, 0, { id, score })
          if (best.length > count) best.pop()
        }
        if (rows.length < slice) break
        after = rows.at(-1)!.id
        await setImmediate()
        signal.throwIfAborted()
      }
      return best
        .flatMap(({ id, score }) => withVector.all(id).map((piece) => ({ ...piece, score })))
        .slice(0, count)
    },

    vectorOf(piece: number) {
      const row = vectorOf.get(piece)
      return row ? floatsOf(row.vector) : undefined
    },

    close: () => db.close(),
  }
}

export const hashOf = (text: string) =>
  new Bun.CryptoHasher("sha256").update(text).digest("base64url").slice(0, 22)

const bytesOf = (vector: Float32Array) =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)

const floatsOf = (bytes: Uint8Array) =>
  bytes.byteOffset % 4 === 0
    ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
    : new Float32Array(bytes.slice().buffer)
