import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { agentFlag, askStatus, type MemoryRow, showMemory } from "../memory.ts"

/** Embeddings of a large memory take a while. */
const patienceMs = "600000"

export const memoryIndex = command({
  about: "Brings the index of memory up to date now, embeddings included.",
  args: {
    agent: { ...agentFlag, description: "Only this agent's; default: every agent's" },
    force: { type: "boolean", description: "Read every file again, changed or not" },
    ...gatewayFlags,
  },
  examples: [["fased memory index --force", "make it anew from the files"]],
  async run({ agent, force, ...args }, context) {
    const { out } = context
    const rows = await withGateway(
      { ...args, timeout: args.timeout ?? patienceMs },
      context,
      async (client) => {
        const { agents } = await askStatus(client, agent)
        const done: MemoryRow[] = []
        for (const { agentId, enabled } of agents)
          if (enabled)
            done.push(
              (await client.request("memory.index", {
                agentId,
                force: force ?? false,
              })) as MemoryRow,
            )
        return done
      },
    )
    if (args.json) return out.json({ agents: rows })
    if (rows.length) showMemory(rows, out)
    else out.print("No agent's memory is searched: agents.defaults.memorySearch.enabled is false.")
  },
})
