import type { ChannelsStatus } from "../../channels/status.ts"
import { accountFlags, describeAccount, namedChannel } from "../channels.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const channelsStatus = command({
  about:
    "With --probe every network is asked whether all is well: the account, its permissions, what it may read.",
  args: {
    name: { type: "positional", required: false, description: "Only this channel" },
    probe: { type: "boolean", description: "Ask each network whether all is well" },
    ...accountFlags,
    ...gatewayFlags,
  },
  examples: [
    ["fased channels status --probe", "is everything connected, and allowed what it needs"],
  ],
  async run({ probe = false, account, name, ...args }, context) {
    const wanted = (await namedChannel({ ...args, name }, context))?.id
    return withGateway(args, context, async (client) => {
      const { out } = context
      const status = (await client.request("channels.status", { probe })) as ChannelsStatus
      const shown = status.channelOrder
        .filter((id) => wanted === undefined || id === wanted)
        .flatMap((id) => (status.channelAccounts[id] ?? []).map((one) => ({ id, one })))
        .filter(({ one }) => account === undefined || one.accountId === account)
      if (args.json) return out.json(status)
      for (const { id, one } of shown)
        for (const line of describeAccount(printable(status.channelLabels[id] ?? id, 40), one, out))
          out.print(line)
      if (!shown.length && wanted !== undefined)
        out.print(
          `${status.channelLabels[wanted] ?? wanted} is not set up. Connect it: ${out.paint.accent(fased(context, `channels add ${wanted}`))}`,
        )
      else if (!shown.length) {
        out.print("No chat network is set up.")
        const names = status.channelOrder.join(", ")
        if (names)
          out.print(`Connect one (${names}): ${out.paint.accent(fased(context, "channels add"))}`)
      }
      return shown.some(({ one }) => one.probe?.ok === false) ? 1 : 0
    })
  },
})
