import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const modelsAuthRemove = command({
  about: "The provider is not told: revoke a key there too if somebody else may have it.",
  args: {
    profileId: {
      type: "positional",
      required: true,
      description: "The profile, e.g. openai:default",
    },
    agent: { type: "string", valueHint: "id", description: "The agent it belongs to" },
    ...gatewayFlags,
  },
  examples: [["fased models auth remove openai:default", "forget this key"]],
  async run({ profileId, ...args }, context) {
    const { out } = context
    const { cleared } = (await withGateway(args, context, async (client, target) => {
      const result = await client.request("models.auth.clear", {
        profileId,
        ...(args.agent && { agentId: args.agent }),
      })
      noteTarget(target, context)
      return result
    })) as { cleared?: boolean }
    if (!cleared)
      throw usage({
        problem: `There is no profile ${printable(profileId, 80)}.`,
        hint: `See: ${fased(context, "models auth list")}`,
      })
    if (args.json) return out.json({ profileId, cleared })
    out.print(`${out.paint.good("Forgotten")} ${printable(profileId, 80)}`)
  },
})
