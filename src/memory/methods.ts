import * as z from "zod"
import { agents, findAgent, listAgents } from "../agents/config.ts"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { type Memory as MemoryService, Memory, type MemoryStatus } from "./memory.ts"
import { cited, shown } from "./shown.ts"

const agentId = z.string().optional().describe("Agent; default: the default one.")

const statusRow = z.object({
  agentId: z.string(),
  enabled: z.boolean(),
  provider: z.string().optional(),
  model: z.string().optional(),
  /** Why meaning does not count, and what would change that. */
  missing: z.string().optional(),
  next: z.string().optional(),
  files: z.number().optional(),
  chunks: z.number().optional(),
  bytes: z.number().optional(),
  /** Pieces without an embedding yet. */
  waiting: z.number().optional(),
  vectors: z.number().optional(),
  lookedAt: z.number().optional(),
  /** Files and folders that are left out, and why. */
  left: z.array(z.string()).optional(),
  trouble: z.string().optional(),
})

const rowOf = ({ agentId, enabled, embedder, index }: MemoryStatus): z.infer<typeof statusRow> => {
  const { files, chunks, bytes, missing: waiting, vectors, lookedAt, trouble } = index ?? {}
  return {
    agentId,
    enabled,
    ...embedder,
    ...(index && {
      files,
      chunks,
      bytes,
      waiting,
      vectors,
      lookedAt,
      left: index.left.slice(0, 100),
      ...(trouble && { trouble }),
    }),
  }
}

const statusResult = z.object({ ts: z.number(), agents: z.array(statusRow) })

export const status = method({
  name: "memory.status",
  scope: "read",
  summary: "How the memory of agents is indexed, and who makes embeddings.",
  params: () => z.object({ agentId: agentId.describe("Agent; default: all of them.") }),
  result: () => statusResult,
  example: { agentId: "main" },
  needs: { memory: Memory, agents, clock: Clock },
  async handle({ agentId }, { memory, agents, clock }) {
    const ids = agentId ? [findAgent(agents, agentId).id] : listAgents(agents).map(({ id }) => id)
    return { ts: clock.now(), agents: await inTurn(ids.slice(0, mostAgents), memory) }
  },
})

/** Each index is opened to be asked. */
const mostAgents = 100

const inTurn = async (ids: readonly string[], memory: MemoryService) => {
  const rows = []
  for (const id of ids) rows.push(rowOf(await memory.status(id)))
  return rows
}

export const search = method({
  name: "memory.search",
  scope: "read",
  summary: "Search what an agent remembers, as the agent would.",
  params: () =>
    z.object({
      query: z.string().trim().min(1).max(1000).describe("What to look for."),
      agentId,
      maxResults: z.int().min(1).max(50).optional().describe("Most passages."),
      minScore: z.number().min(0).max(1).optional().describe("Leave out what fits less."),
    }),
  result: () =>
    z.object({
      results: z.array(
        z.object({
          path: z.string(),
          startLine: z.number(),
          endLine: z.number(),
          score: z.number(),
          snippet: z.string(),
          source: z.literal("memory"),
          citation: z.string(),
        }),
      ),
      mode: z.enum(["keyword", "vector", "hybrid"]),
      provider: z.string().optional(),
      model: z.string().optional(),
      note: z.string().optional(),
    }),
  example: { query: "which database we chose" },
  needs: { memory: Memory, agents },
  async handle({ query, agentId, ...wanted }, { memory, agents, signal }) {
    const { id } = findAgent(agents, agentId)
    const { hits, mode, embedder, note } = await memory.search(id, query, { ...wanted, signal })
    return {
      results: hits.map((hit) => ({ ...shown(hit), citation: cited(hit) })),
      mode,
      provider: embedder?.provider,
      model: embedder?.model,
      note,
    }
  },
})

export const index = method({
  name: "memory.index",
  scope: "write",
  summary: "Bring the index of an agent's memory up to date, embeddings included.",
  params: () =>
    z.object({
      agentId,
      force: z.boolean().default(false).describe("Read every file again, changed or not."),
    }),
  result: () => statusRow,
  example: { agentId: "main" },
  needs: { memory: Memory, agents },
  async handle({ agentId, force }, { memory, agents }) {
    return rowOf(await memory.rebuild(findAgent(agents, agentId).id, { force }))
  },
})
