import { limitsText, readPolicy } from "../approvals.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const approvalsPolicyShow = command({
  about: "What this says and what tools.exec says: the stricter of the two holds.",
  args: gatewayFlags,
  examples: [["fased approvals policy show", "who may run what, and when somebody is asked"]],
  async run(args, context) {
    const { out } = context
    const { file } = await withGateway(args, context, (client) => readPolicy(client))
    const { defaults = {}, agents = {} } = file
    const limits = Object.fromEntries(
      Object.entries(agents).map(([id, { allowlist: _, ...own }]) => [id, own]),
    )
    if (args.json) return out.json({ defaults, agents: limits })
    out.print(`${out.paint.heading("Every agent")}  ${limitsText(defaults)}`)
    for (const [id, own] of Object.entries(limits))
      if (Object.keys(own).length)
        out.print(`${out.paint.heading(printable(id, 64))}  ${limitsText(own)}`)
  },
})
