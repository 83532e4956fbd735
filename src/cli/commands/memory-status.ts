import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { agentFlag, askStatus, showMemory } from "../memory.ts"

export const memoryStatus = command({
  about: "Shows what the index of each agent's memory holds, and who makes embeddings.",
  args: {
    agent: agentFlag,
    verbose: { type: "boolean", description: "Also which files are left out, and why" },
    ...gatewayFlags,
  },
  examples: [["fased memory status", "all agents"]],
  async run({ agent, verbose, ...args }, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) => askStatus(client, agent))
    if (args.json) return out.json(result)
    showMemory(result.agents, out, verbose)
  },
})
