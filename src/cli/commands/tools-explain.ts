import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { aliases } from "../../tools/policy.ts"
import { effectiveTools, sessionFlags } from "../tools-effective.ts"

export const toolsExplain = command({
  args: {
    tool: { type: "positional", required: true, description: "Name of the tool" },
    ...sessionFlags,
    ...gatewayFlags,
  },
  examples: [
    ["fased tools explain exec", "may the main session run commands, and if not, why"],
    ["fased tools explain exec --stranger", "the same where a webhook or a channel's user asks"],
  ],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) => effectiveTools(client, args))
    const asked = args.tool.trim().toLowerCase()
    const wanted = aliases[asked] ?? asked
    const named = ({ id }: { id: string }) => id.toLowerCase() === wanted
    const offered = result.groups.flatMap(({ tools }) => tools).find(named)
    const hidden = result.hidden.find(named)
    if (!offered && !hidden)
      throw usage({
        problem: `There is no tool named "${args.tool}".`,
        hint: "See them all with: fased tools list --all",
      })
    const { agentId, sessionKey } = result
    if (args.json)
      return out.json({ agentId, sessionKey, allowed: !hidden, ...(offered ?? hidden) })
    const { good, warn, muted } = out.paint
    const where = printable(sessionKey, 120)
    if (offered) {
      out.print(`${good("allowed")}  ${printable(offered.id, 64)} in ${where}`)
      return
    }
    const { id, stage, setting, why } = hidden!
    out.print(`${warn("hidden")}  ${printable(id, 64)} in ${where}`)
    out.print(`  ${printable(why, 300)}`)
    out.print(muted(`  stage: ${stage}${setting ? `, setting: ${printable(setting, 200)}` : ""}`))
  },
})
