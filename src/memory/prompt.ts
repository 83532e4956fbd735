import type { PromptPart } from "../kernel/prompt-part.ts"
import type { MemoryConfig } from "./config.ts"
import type { Memory } from "./memory.ts"
import { readsAlong } from "./privacy.ts"

/** Tells an agent to look things up. The same from turn to turn. */
export const memoryPrompt = ({
  memory,
  config,
}: {
  memory: Memory
  config: () => MemoryConfig
}): PromptPart => ({
  async section({ agentId, sessionKey, tools }) {
    if (!memory.isOn(agentId) || readsAlong(sessionKey)) return undefined
    if (tools && !tools.includes("memory_search")) return undefined
    memory.prepare(agentId)
    const cite =
      config().citations === "off"
        ? "Do not name files or lines of it unless asked."
        : "Where it helps, say where it stands: Source: <path#lines>."
    return `## Memory Recall
Before you answer about earlier work, decisions, dates, people, preferences or tasks, call memory_search, then read what you need with memory_get. If you are unsure after that, say that you looked. ${cite}`
  },
})
