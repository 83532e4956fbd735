import { ago } from "../ago.ts"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Row {
  key?: string
  agentId?: string
  updatedAt?: number
  modelProvider?: string
  model?: string
  totalTokens?: number
  status?: string
  displayName?: string
  derivedTitle?: string
  lastMessagePreview?: string
}

export const sessions = command({
  args: {
    agent: { type: "string", valueHint: "id", description: "Only this agent's" },
    active: {
      type: "string",
      valueHint: "min",
      description: "Only those used in the last minutes",
    },
    limit: { type: "string", valueHint: "n", description: "At most this many", default: "50" },
    search: { type: "string", valueHint: "text", description: "Words in the key, label or title" },
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
    const { sessions: rows = [], totalCount } = result as { sessions?: Row[]; totalCount?: number }
    const { muted, accent, warn } = out.paint
    if (!rows.length) {
      out.print('No sessions yet. Start one with: fased agent --message "hello"')
      return
    }
    const lines = rows.map((row) => [
      [printable(row.key ?? "", 60), accent] as const,
      row.updatedAt ? ago(row.updatedAt, Date.now()) : "",
      printable([row.modelProvider, row.model].filter(Boolean).join("/"), 40),
      row.totalTokens ? String(row.totalTokens) : "",
      row.status === "running" ? (["running", warn] as const) : printable(row.status ?? "", 20),
      printable(row.displayName ?? row.derivedTitle ?? row.lastMessagePreview ?? "", 120),
    ])
    const head = ["SESSION", "USED", "MODEL", "TOKENS", "STATE", "ABOUT"]
    for (const line of table(head, lines, { width: out.width, muted })) out.print(line)
    if (totalCount && totalCount > rows.length)
      out.note(out.notePaint.muted(`${rows.length} of ${totalCount}; more with --limit`))
  },
})
