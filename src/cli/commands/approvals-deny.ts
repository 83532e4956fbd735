import { findWaiting, shortId } from "../approvals.ts"
import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const approvalsDeny = command({
  about: "The command does not run, and its agent is told so.",
  args: {
    id: { type: "positional", required: true, description: "The command's id, or its start" },
    ...gatewayFlags,
  },
  examples: [["fased approvals deny 3f0f5a7e", "say no to it"]],
  run: ({ id: start, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const { out } = context
      const { id } = await findWaiting(client, start)
      const result = await client.request("exec.approval.resolve", { id, decision: "deny" })
      noteTarget(target, context)
      if (args.json) out.json(result)
      else out.print(`${out.paint.good("denied")} ${shortId(id)}`)
    }),
})
