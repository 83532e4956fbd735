import { command } from "../command.ts"
import { deviceFlags, findDevice, shortId } from "../devices.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const devicesRevoke = command({
  about:
    "Ends its token and connections at once. It stays paired: with the gateway's own token it gets another.",
  args: { ...deviceFlags, ...gatewayFlags },
  examples: [
    ["fased devices revoke --device b5bb9d80 --role operator", "end that token, keep the device"],
  ],
  run: ({ device, role, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const deviceId = await findDevice(client, device)
      const result = await client.request("device.token.revoke", { deviceId, role })
      noteTarget(target, context)
      const { out } = context
      if (args.json) out.json(result)
      else out.print(`${out.paint.good("revoked")} the ${role} token of ${shortId(deviceId)}`)
    }),
})
