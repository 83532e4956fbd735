import * as z from "zod"
import { agents, findAgent } from "../agents/config.ts"
import { method } from "../kernel/method.ts"
import { Memory } from "./memory.ts"

/** What clients that show a memory's health ask for. */
export const doctorStatus = method({
  name: "doctor.memory.status",
  scope: "read",
  summary: "Whether an agent's memory can be searched by meaning, and what keeps it from that.",
  params: () =>
    z.object({ agentId: z.string().optional().describe("Agent; default: the default one.") }),
  result: () =>
    z.object({
      agentId: z.string(),
      enabled: z.boolean(),
      provider: z.string().optional(),
      embedding: z.object({ ok: z.boolean(), error: z.string().optional() }),
      files: z.number(),
      chunks: z.number(),
      leftOut: z.array(z.string()),
    }),
  example: { agentId: "main" },
  needs: { memory: Memory, agents },
  async handle({ agentId }, { memory, agents }) {
    const status = await memory.status(findAgent(agents, agentId).id)
    const { embedder, index, enabled } = status
    const error = "missing" in embedder ? embedder.missing : index?.trouble
    return {
      agentId: status.agentId,
      enabled,
      provider: "missing" in embedder ? undefined : embedder.provider,
      embedding: { ok: error === undefined, error },
      files: index?.files ?? 0,
      chunks: index?.chunks ?? 0,
      leftOut: index?.left.slice(0, 100) ?? [],
    }
  },
})
