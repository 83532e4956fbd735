import { findWaiting, shortId, tellWhole } from "../approvals.ts"
import { command } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const approvalsApprove = command({
  about: "Shows the command and asks before it answers. A script says --yes.",
  args: {
    id: { type: "positional", required: true, description: "The command's id, or its start" },
    always: { type: "boolean", description: "From now on run its programs without asking" },
    yes: { type: "boolean", description: "Ask nothing" },
    ...gatewayFlags,
  },
  examples: [
    ["fased approvals approve 3f0f5a7e", "run it this once"],
    ["fased approvals approve 3f0f5a7e --always", "and its programs from now on"],
  ],
  run: ({ id: start, always, yes, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const { out } = context
      const waiting = await findWaiting(client, start)
      const { id } = waiting
      if (!yes && !args.json) tellWhole(waiting, context)
      const words = `approvals approve ${shortId(id)}${always ? " --always" : ""} --yes`
      const question = always ? "Run it, and its programs from now on?" : "Run it?"
      await confirmed(question, { yes, context, words })
      const result = (await client.request("exec.approval.resolve", {
        id,
        decision: always ? "allow-always" : "allow-once",
      })) as { allowed?: string[] }
      noteTarget(target, context)
      if (args.json) return out.json(result)
      out.print(`${out.paint.good("allowed")} ${shortId(id)}`)
      for (const pattern of result.allowed ?? [])
        out.print(`  ${printable(pattern)} now runs without a question`)
    }),
})
