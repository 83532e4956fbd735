import { command } from "../command.ts"
import { findDevice, shortId } from "../devices.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const devicesRemove = command({
  about:
    "Ends its connections and tokens at once, in every role. To come back it must be approved.",
  args: {
    deviceId: { type: "positional", required: true, description: "The device's id, or its start" },
    ...gatewayFlags,
  },
  examples: [
    ["fased devices remove b5bb9d80", "by the start of its id, as fased devices list shows it"],
  ],
  run: ({ deviceId: start, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const deviceId = await findDevice(client, start)
      const result = await client.request("device.pair.remove", { deviceId })
      noteTarget(target, context)
      if (args.json) context.out.json(result)
      else context.out.print(`${context.out.paint.good("removed")} ${shortId(deviceId)}`)
    }),
})
