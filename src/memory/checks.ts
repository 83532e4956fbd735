import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { agents, findAgent, listAgents } from "../agents/config.ts"
import { memorySearchOf } from "../agents/memory-search.ts"
import { Paths } from "../config/paths.ts"
import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { openToLook } from "../store/look.ts"
import { readHolder } from "../store/lock.ts"
import { Embedders } from "./embedders.ts"

interface Missing {
  agentIds: string[]
  problem: string
  next?: string
}

export const embedderReady = check({
  id: "memory.embedder-ready",
  title: "The service chosen for memory embeddings can be asked",
  severity: "warn",
  after: [configValid],
  needs: { agents, embedders: Embedders },
  detect({ agents, embedders }): Missing | null {
    const missing = listAgents(agents).flatMap(({ id }) => {
      const { enabled, provider } = memorySearchOf(findAgent(agents, id), agents)
      if (!enabled || provider === "auto" || provider === "none") return []
      const found = embedders.of(id)
      return "missing" in found ? [{ id, fault: found.missing }] : []
    })
    const [first] = missing
    if (!first) return null
    const { message, hint } = first.fault
    return { agentIds: missing.map(({ id }) => id), problem: message, next: hint }
  },
  explain: ({ agentIds, problem }) =>
    `Memory of ${agentIds.slice(0, 5).join(", ")} is searched by words alone: ${problem}`,
  next: ({ next }) => next ?? "fased memory status",
})

/** A gateway that runs makes a damaged index anew by itself, as soon as it meets the damage. */
export const indexesWhole = check({
  id: "memory.indexes-whole",
  title: "The indexes of memory can be read",
  severity: "warn",
  here: true,
  needs: { paths: Paths },
  detect({ paths: { state } }): { damaged: string[] } | null {
    if (readHolder(state)) return null
    const damaged = indexesIn(join(state, "memory")).filter((path) => !isWhole(path))
    return damaged.length ? { damaged } : null
  },
  explain: ({ damaged }) =>
    `Damaged: ${damaged.join(", ")}. What agents remember is not in it, only where to find it.`,
  fix: {
    describe: ({ damaged }) =>
      `Remove ${damaged.length === 1 ? "it" : "them"}; the gateway makes a new index of the files.`,
    touches: ({ damaged }) => damaged,
    apply({ damaged }) {
      for (const path of damaged)
        for (const part of ["", "-wal", "-shm"]) rmSync(path + part, { force: true })
    },
  },
})

const indexesIn = (folder: string) => {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".sqlite"))
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** A look at the schema finds what a cut or an overwritten file does; the rest shows in use. */
const isWhole = (path: string) => {
  try {
    const sqlite = openToLook(path)
    try {
      return sqlite.query("SELECT count(*) FROM sqlite_schema").get() !== null
    } finally {
      sqlite.close(false)
    }
  } catch {
    return false
  }
}
