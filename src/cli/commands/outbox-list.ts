import { ago } from "../ago.ts"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Delivery {
  id?: string
  state?: string
  channel?: string
  to?: string
  text?: string
  error?: string
  createdAt?: number
}

export const outboxList = command({
  about:
    "What was to go to chat networks and is not there: it waits, failed, or nobody knows whether it arrived.",
  args: {
    state: {
      type: "enum",
      valueHint: "state",
      options: ["pending", "sending", "sent", "failed", "unknown"],
      description: "Only these (default: all that is not sent)",
    },
    limit: { type: "string", valueHint: "n", description: "At most this many (default 50)" },
    ...gatewayFlags,
  },
  examples: [["fased outbox list --state failed", "what was refused, and why"]],
  async run({ state, limit, ...args }, context) {
    const { out } = context
    const most = wholeNumber("--limit", limit, { min: 1, max: 200 })
    const result = await withGateway(args, context, (client) =>
      client.request("outbox.list", { ...(state && { state }), ...(most && { limit: most }) }),
    )
    if (args.json) return out.json(result)
    const { deliveries = [] } = result as { deliveries?: Delivery[] }
    if (!deliveries.length) return out.print(state ? `Nothing is ${state}.` : "All was sent.")
    const { paint, width } = out
    const colours = { failed: paint.bad, unknown: paint.warn } as const
    const rows = deliveries.map(({ id = "", state = "", channel, to, text, createdAt = 0 }) => [
      [printable(id, 20), paint.accent] as const,
      [state, colours[state as keyof typeof colours] ?? paint.muted] as const,
      ago(createdAt, Date.now()),
      printable(`${channel} ${to}`, 60),
      printable(text ?? "", 80),
    ])
    const look = { width, muted: paint.muted }
    for (const line of table(["ID", "STATE", "SINCE", "TO", "WORDS"], rows, look)) out.print(line)
    for (const { id = "", error } of deliveries)
      if (error) out.print(`${paint.muted(id)}  ${printable(error, 400)}`)
    out.print(
      paint.muted(
        "Once more: fased outbox retry --id <id> · give up: fased outbox discard --id <id>",
      ),
    )
  },
})
