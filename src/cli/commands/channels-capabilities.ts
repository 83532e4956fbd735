import type { AnyChannel } from "../../kernel/network.ts"
import { channelsHere, namedChannel } from "../channels.ts"
import { command } from "../command.ts"
import { table } from "../table.ts"

const factsOf = ({ id, label, limits, can, actions = {} }: AnyChannel) => ({
  id,
  label,
  limits,
  can: Object.keys(can),
  actions: Object.entries(actions).map(([name, { summary }]) => ({ name, summary })),
})

export const channelsCapabilities = command({
  args: {
    name: {
      type: "positional",
      required: false,
      description: "Only this channel, and its actions",
    },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [["fased channels capabilities discord", "what it can, and how long a message may be"]],
  async run({ name, json }, context) {
    const { out } = context
    const known = await channelsHere(context)
    const one = await namedChannel({ name }, context)
    const channels = (one ? [one] : known.all()).map(factsOf)
    if (json) return out.json({ channels })
    const { accent, muted } = out.paint
    const rows = channels.map(({ id, limits, can }) => [
      [id, accent] as const,
      `${limits.text}`,
      can.join(", "),
    ])
    for (const line of table(["CHANNEL", "TEXT", "CAN"], rows, { width: out.width, muted }))
      out.print(line)
    if (!one || !channels[0]!.actions.length) return
    out.print()
    const acts = channels[0]!.actions.map(({ name, summary }) => [[name, accent] as const, summary])
    for (const line of table(["ACTION", "WHAT IT DOES"], acts, { width: out.width, muted }))
      out.print(line)
  },
})
