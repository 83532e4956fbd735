import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { type SessionRow, sessionArgument, showSession } from "../sessions.ts"
import { noSuchSession } from "../faults.ts"

interface Item {
  role?: string
  text?: string
}

export const sessionsShow = command({
  about: "What a session is about, what it wants otherwise than the config, and its newest words.",
  args: { key: sessionArgument, ...gatewayFlags },
  examples: [["fased sessions show main", "the main conversation"]],
  async run({ key, ...args }, context) {
    const { out } = context
    const { session, items } = await withGateway(args, context, async (client) => {
      const described = await client.request("sessions.describe", { key })
      const { session } = described as { session?: SessionRow | null }
      if (!session) throw noSuchSession({ key: printable(key, 80) })
      const limits = { limit: 6, maxChars: 200 }
      const previewed = await client.request("sessions.preview", { keys: [key], ...limits })
      const { previews = [] } = previewed as { previews?: { items?: Item[] }[] }
      return { session, items: previews[0]?.items ?? [] }
    })
    if (args.json) return out.json({ session, items })
    showSession(session, out, Date.now())
    const spoken = items.filter(({ role, text }) => role !== "toolResult" && text?.trim())
    if (spoken.length) out.print()
    for (const { role, text = "" } of spoken)
      out.print(`${out.paint.muted(role === "user" ? ">" : "<")} ${printable(text, 200)}`)
    if (session.status === "damaged")
      out.note(
        `Something of it cannot be read. Put that aside with: ${fased(context, `sessions repair ${session.key}`)}`,
      )
  },
})
