import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

/** What is read of a gateway's health; versions differ in the rest. */
interface Health {
  channels?: Record<string, unknown>
  channelOrder?: string[]
}

export const channelsStatus = command({
  about:
    "This version has no channels to other networks yet: talk to your agents with fased agent, in the " +
    "Control UI, or through the gateway's API.",
  args: {
    probe: { type: "boolean", description: "Have the gateway look anew" },
    ...gatewayFlags,
  },
  examples: [["fased channels status --probe", "which networks are connected"]],
  run: ({ probe = false, ...args }, context) =>
    withGateway(args, context, async (client) => {
      const { out } = context
      const { channels = {}, channelOrder } = (await client.request("health", { probe })) as Health
      const names = channelOrder?.length ? channelOrder : Object.keys(channels)
      if (args.json) return out.json({ channels: names.map((id) => ({ id, state: channels[id] })) })
      if (!names.length) {
        out.print("No channels: this version connects to no other networks yet.")
        out.print(`Talk to your agent with: ${out.paint.accent('fased agent --message "hello"')}`)
      }
      for (const id of names)
        out.print(`${printable(id)}: ${printable(JSON.stringify(channels[id]))}`)
    }),
})
