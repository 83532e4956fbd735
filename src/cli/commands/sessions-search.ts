import { ago } from "../ago.ts"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Hit {
  key?: string
  role?: string
  timestamp?: number
  archived?: boolean
  snippet?: string
}

export const sessionsSearch = command({
  about: "Looks through what was said in all sessions, also before they began afresh.",
  args: {
    text: { type: "positional", required: true, description: "Words; the last may be cut short" },
    agent: { type: "string", valueHint: "id", description: "Only this agent's" },
    session: { type: "string", valueHint: "key", description: "Only this session as it is now" },
    limit: { type: "string", valueHint: "n", description: "At most this many", default: "20" },
    ...gatewayFlags,
  },
  examples: [['fased sessions search "heron weir"', "where both words were said"]],
  async run({ text, agent, session, limit, ...args }, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) =>
      client.request("sessions.search", {
        query: text,
        limit: wholeNumber("--limit", limit, { min: 1, max: 100 }),
        ...(agent && { agentId: agent }),
        ...(session && { key: session }),
      }),
    )
    if (args.json) return out.json(result)
    const { results = [], complete } = result as { results?: Hit[]; complete?: boolean }
    const { muted, accent } = out.paint
    const lines = results.map((hit) => [
      [`${printable(hit.key ?? "", 60)}${hit.archived ? " (archived)" : ""}`, accent] as const,
      hit.timestamp ? ago(hit.timestamp, Date.now()) : "",
      printable(hit.role ?? "", 12),
      printable(hit.snippet ?? "", 240),
    ])
    if (lines.length)
      for (const line of table(["SESSION", "SAID", "BY", "WORDS"], lines, {
        width: out.width,
        muted,
      }))
        out.print(line)
    else out.print("Nobody said that.")
    if (complete === false)
      out.note(out.notePaint.muted("Not all transcripts are read yet; ask again in a moment."))
  },
})
