import { listHint } from "../arguments.ts"
import { command } from "../command.ts"
import { deviceFlags, findDevice, readScopes } from "../devices.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const devicesRotate = command({
  about:
    "Prints the new token as JSON: a secret, shown this once. The old one and its connections end at once.",
  args: {
    ...deviceFlags,
    scope: {
      type: "string",
      valueHint: listHint,
      description: "Fewer scopes than it has, e.g. read,write",
    },
    ...gatewayFlags,
  },
  examples: [
    [
      "fased devices rotate --device b5bb9d80 --role operator",
      "another token, and the old one ends",
    ],
  ],
  run: ({ device, role, scope, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const result = await client.request("device.token.rotate", {
        deviceId: await findDevice(client, device),
        role,
        ...(scope !== undefined && { scopes: readScopes(scope) }),
      })
      noteTarget(target, context)
      context.out.json(result)
    }),
})
