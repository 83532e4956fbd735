import * as z from "zod"
import { tool } from "../kernel/tool.ts"
import { memory as section } from "./config.ts"
import { Memory } from "./memory.ts"
import { readsAlong } from "./privacy.ts"
import { cited, shown } from "./shown.ts"

const needs = { memory: Memory, config: section }

const available = ({
  memory,
  agentId,
  sessionKey,
}: {
  memory: Memory
  agentId: string
  sessionKey: string
}) => {
  if (!memory.isOn(agentId)) return "Memory search is off: agents.defaults.memorySearch.enabled"
  return readsAlong(sessionKey)
    ? "Others read along in this conversation, and memory is its owner's."
    : true
}

export const memorySearch = tool({
  name: "memory_search",
  group: "memory",
  label: "Search memory",
  description:
    "Searches MEMORY.md and the notes in memory/ for what fits a question, by words and meaning. Use it before answering about earlier work, decisions, dates, people, preferences or tasks. Gives passages with file and lines; read more of one with memory_get.",
  params: () =>
    z.object({
      query: z.string().trim().min(1).max(1000).describe("What to look for, in a few words."),
      maxResults: z.int().min(1).max(50).optional().describe("Most passages."),
      minScore: z.number().min(0).max(1).optional().describe("Leave out what fits less."),
    }),
  needs,
  available,
  async run({ query, ...wanted }, { memory, config, agentId, signal }) {
    const answer = await memory.search(agentId, query, { ...wanted, signal })
    const { hits, embedder, mode, note } = answer
    const cites = config.citations !== "off"
    return {
      results: hits.map((hit) => (cites ? { ...shown(hit), citation: cited(hit) } : shown(hit))),
      mode,
      ...embedder,
      ...(note && { note }),
    }
  },
})

export const memoryGet = tool({
  name: "memory_get",
  group: "memory",
  label: "Read memory",
  description:
    "Reads lines of a memory file that memory_search named. A file that is not there gives empty text.",
  params: () =>
    z.object({
      path: z.string().min(1).max(4096).describe("Path as memory_search gave it."),
      from: z.int().min(1).optional().describe("First line; default: 1."),
      lines: z.int().min(1).max(10_000).optional().describe("How many lines; default: all."),
    }),
  needs,
  available,
  run: ({ path, ...lines }, { memory, agentId }) => memory.read(agentId, path, lines),
})
