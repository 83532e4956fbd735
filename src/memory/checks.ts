import { agents, findAgent, listAgents } from "../agents/config.ts"
import { memorySearchOf } from "../agents/memory-search.ts"
import { check } from "../kernel/check.ts"
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
