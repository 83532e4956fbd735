import { ago } from "../ago.ts"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { modelOf, type SessionRow, stateOf } from "../sessions.ts"
import { table } from "../table.ts"

export const sessions = command({
  args: {
    agent: { type: "string", valueHint: "id", description: "Only this agent's" },
    active: {
      type: "string",
      valueHint: "min",
      description: "Only those used in the last minutes",
    },
    limit: { type: "string", valueHint: "n", description: "At most this many", default: "50" },
    search: { type: "string", valueHint: "text", description: "Text in the key, label or title" },
    ...gatewayFlags,
  },
  examples: [["fased sessions --active 60", "used in the last hour"]],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) =>
      client.request("sessions.list", {
        limit: wholeNumber("--limit", args.limit, { min: 1, max: 1000 }),
        activeMinutes: wholeNumber("--active", args.active, { min: 1 }),
        ...(args.agent && { agentId: args.agent }),
        ...(args.search && { search: args.search }),
      }),
    )
    if (args.json) return out.json(result)
    const { sessions: rows = [], totalCount } = result as {
      sessions?: SessionRow[]
      totalCount?: number
    }
    const { muted, accent } = out.paint
    if (!rows.length) {
      if (args.search || args.agent || args.active) return out.print("No session is like that.")
      out.print('No sessions yet. Start one with: fased agent --message "hello"')
      return
    }
    const lines = rows.map((row) => [
      [printable(row.key ?? "", 60), accent] as const,
      row.updatedAt ? ago(row.updatedAt, Date.now()) : "",
      modelOf(row),
      row.totalTokens ? String(row.totalTokens) : "",
      stateOf(row, out.paint),
      printable(row.displayName ?? row.derivedTitle ?? row.lastMessagePreview ?? "", 120),
    ])
    const head = ["SESSION", "USED", "MODEL", "TOKENS", "STATE", "ABOUT"]
    for (const line of table(head, lines, { width: out.width, muted })) out.print(line)
    if (totalCount && totalCount > rows.length)
      out.note(out.notePaint.muted(`${rows.length} of ${totalCount}; more with --limit`))
  },
})
