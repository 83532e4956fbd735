import { ago } from "../ago.ts"
import { listWaiting, shortId } from "../approvals.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

export const approvalsList = command({
  about: "A command waits for half an hour. It is named by as much of its id as tells it apart.",
  args: gatewayFlags,
  examples: [["fased approvals list", "what agents want to run"]],
  async run(args, context) {
    const { out } = context
    const waiting = await withGateway(args, context, listWaiting)
    if (args.json) return out.json(waiting)
    const { accent, muted } = out.paint
    if (!waiting.length) return out.print("No command waits for approval.")
    const now = Date.now()
    const rows = waiting.map(({ id, createdAtMs, request }) => [
      [shortId(id), accent] as const,
      createdAtMs ? ago(createdAtMs, now) : "",
      printable(request.agentId ?? "", 30),
      printable(request.host ?? "", 10),
      printable(request.command, 2000),
    ])
    const head = ["ID", "AGE", "AGENT", "ON", "COMMAND"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    out.print()
    out.print(`${muted("See all of one with:")} ${accent(fased(context, "approvals show <id>"))}`)
  },
})
