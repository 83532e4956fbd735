import { join, resolve } from "node:path"
import { type AgentsConfig, findAgent, workspaceOf } from "../agents/config.ts"
import { memorySearchOf } from "../agents/memory-search.ts"
import { expandTilde, type Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import { type AgentIndex, type Answer, createAgentIndex } from "./agent-index.ts"
import type { Embedders } from "./embedders.ts"
import { memoryOff, outsideMemory } from "./faults.ts"
import { readMemory, rootsOf } from "./places.ts"

export interface MemoryStatus {
  agentId: string
  enabled: boolean
  /** The provider and model of embeddings, or why there are none. */
  embedder: { provider: string; model: string } | { missing: string; next?: string }
  index?: ReturnType<AgentIndex["status"]>
}

/** What agents remember. Nothing of an agent's is opened before it is asked for. */
export interface Memory {
  isOn(agentId: string): boolean
  /** Throws `memory.off`. */
  search(
    agentId: string,
    query: string,
    options: { maxResults?: number; minScore?: number; signal: AbortSignal },
  ): Promise<Answer>
  /** Lines of a memory file; empty text for one that is not there. Throws `memory.outside`. */
  read(agentId: string, path: string, options: { from?: number; lines?: number }): Passage
  status(agentId: string): Promise<MemoryStatus>
  rebuild(agentId: string, options: { force: boolean }): Promise<MemoryStatus>
  /** A session began: brings the index up to date in a while, and keeps nobody waiting. */
  prepare(agentId: string): void
  close(): Promise<void>
}
export const Memory = service<Memory>("memory")

export interface Passage {
  path: string
  text: string
  /** The lines it is, and how many the file has. */
  from?: number
  to?: number
  of?: number
}

/** Indexes that are open at once; those that nobody used for longest are closed. */
const mostOpen = 8
/** After the rush of a turn's beginning. */
const prepareMs = 3_000

export const createMemory = ({
  config,
  paths,
  embedders,
  clock,
  log,
}: {
  config: () => AgentsConfig
  paths: Paths
  embedders: Embedders
  clock: Clock
  log: Log
}): Memory => {
  const open = new Map<string, AgentIndex>()
  const preparing = new Map<string, () => void>()
  const closing = new Set<Promise<void>>()

  const settingsOf = (id: string) => memorySearchOf(findAgent(config(), id), config())
  const agentOf = (id: string) => findAgent(config(), id).id
  const roots = (id: string) =>
    rootsOf(
      workspaceOf(findAgent(config(), id), config(), paths),
      settingsOf(id).extraPaths,
      paths.home,
    )
  const fileOf = (id: string) => {
    const written = settingsOf(id).store?.replaceAll("{agentId}", id)
    return written
      ? resolve(paths.state, expandTilde(written, paths.home))
      : join(paths.state, "memory", `${id}.sqlite`)
  }

  const indexOf = (id: string): AgentIndex => {
    if (!settingsOf(id).enabled) throw memoryOff({ agentId: id })
    const path = fileOf(id)
    const known = open.get(path)
    open.delete(path)
    const index =
      known ??
      createAgentIndex({
        path,
        settings: () => settingsOf(id),
        roots: () => roots(id),
        embedder: () => embedders.of(id),
        clock,
        log,
      })
    // The one that was used last is last.
    open.set(path, index)
    for (const [old, unused] of open) {
      if (open.size <= mostOpen) break
      open.delete(old)
      const closed = unused.close().finally(() => closing.delete(closed))
      closing.add(closed)
    }
    return index
  }

  const status = (id: string): MemoryStatus => {
    const found = embedders.of(id)
    const embedder =
      "missing" in found
        ? { missing: found.missing.message, next: found.missing.hint }
        : { provider: found.provider, model: found.model }
    const enabled = settingsOf(id).enabled
    return { agentId: id, enabled, embedder, ...(enabled && { index: indexOf(id).status() }) }
  }

  return {
    isOn: (agentId) => settingsOf(agentId).enabled,
    async search(agentId, query, { signal, ...wanted }) {
      const id = agentOf(agentId)
      const usual = settingsOf(id).query
      return indexOf(id).search(query, {
        maxResults: wanted.maxResults ?? usual.maxResults,
        minScore: wanted.minScore ?? usual.minScore,
        signal,
      })
    },
    read(agentId, path, { from = 1, lines }) {
      const id = agentOf(agentId)
      if (!settingsOf(id).enabled) throw memoryOff({ agentId: id })
      const text = readMemory(roots(id), path)
      if (text === undefined) throw outsideMemory({ path })
      if (text === null) return { text: "", path }
      const all = text.replace(/\r?\n$/, "").split(/\r?\n/)
      const to = Math.min(all.length, lines === undefined ? all.length : from + lines - 1)
      return { text: all.slice(from - 1, to).join("\n"), path, from, to, of: all.length }
    },
    async status(agentId) {
      const id = agentOf(agentId)
      if (settingsOf(id).enabled) await indexOf(id).freshen()
      return status(id)
    },
    async rebuild(agentId, options) {
      const id = agentOf(agentId)
      await indexOf(id).rebuild(options)
      return status(id)
    },
    prepare(agentId) {
      const { enabled, sync } = settingsOf(agentId)
      if (!enabled || !sync.onSessionStart || preparing.has(agentId)) return
      if (open.has(fileOf(agentId))) return
      const begin = () => {
        preparing.delete(agentId)
        // The agent may be gone from the config by now.
        Promise.try(() => indexOf(agentId).freshen()).catch((error: unknown) =>
          log.warn("memory cannot be read for the search", { agent: agentId, error }),
        )
      }
      preparing.set(agentId, clock.after(prepareMs, begin))
    },
    async close() {
      for (const cancel of preparing.values()) cancel()
      await Promise.all([...closing, ...[...open.values()].map((index) => index.close())])
      open.clear()
    },
  }
}
