import { findWaiting, shortId, tellWhole } from "../approvals.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

const endings: Readonly<Record<string, string>> = {
  "allow-once": "allowed once",
  "allow-always": "allowed for good",
  deny: "denied",
  expired: "nobody answered in time",
  interrupted: "the gateway was restarted and did not run it",
}

export const approvalsShow = command({
  about: "Shows the whole command, where and for whom it would run, and why it was asked about.",
  args: {
    id: { type: "positional", required: true, description: "The command's id, or its start" },
    ...gatewayFlags,
  },
  examples: [["fased approvals show 3f0f5a7e", "read it before you answer"]],
  async run({ id, ...args }, context) {
    const { out } = context
    const waiting = await withGateway(args, context, (client) => findWaiting(client, id))
    if (args.json) return out.json(waiting)
    tellWhole(waiting, context)
    out.print()
    if (waiting.status && waiting.status !== "pending") {
      const by = waiting.resolvedBy ? ` by ${printable(waiting.resolvedBy, 100)}` : ""
      out.print(
        `  It waits no more: ${endings[waiting.status] ?? printable(waiting.status, 40)}${by}.`,
      )
      return
    }
    out.print(`  ${fased(context, `approvals approve ${shortId(waiting.id)}`)}`)
    out.print(`  ${fased(context, `approvals deny ${shortId(waiting.id)}`)}`)
  },
})
