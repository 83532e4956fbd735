import { ago } from "../ago.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

interface Explained {
  channel: string
  account: string
  chat: string
  id: string
  sender: string
  reason: string
  atMs: number
  why: string
  change: string
}

export const channelsExplain = command({
  about: "Name a message by the network's id, or a conversation as channel:chat.",
  args: {
    target: { type: "positional", required: true, description: "Message id, or telegram:-100123" },
    ...gatewayFlags,
  },
  examples: [
    ["fased channels explain telegram:-100123", "why nothing is answered in that group"],
    ["fased channels explain 4711", "why that message was not"],
  ],
  async run({ target, ...args }, context) {
    const { out } = context
    const found = (await withGateway(args, context, (client) =>
      client.request("channels.explain", { target }),
    )) as { drops: Explained[] }
    if (args.json) return out.json(found)
    const { accent, muted } = out.paint
    for (const { channel, chat, id, reason, atMs, why, change } of found.drops) {
      const place = printable(`${channel}:${chat} message ${id}`, 200)
      out.print(`${accent(reason)} ${muted(`${place}, ${ago(atMs, Date.now())}`)}`)
      out.print(`  ${printable(why, 500)}`)
      out.print(`  ${muted("To change it:")} ${printable(change, 500)}`)
    }
  },
})
