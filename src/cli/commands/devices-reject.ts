import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const devicesReject = command({
  about:
    "The device may ask again; one you want gone for good should not know the gateway's token.",
  args: {
    requestId: { type: "positional", required: true, description: "The request, as listed" },
    ...gatewayFlags,
  },
  examples: [
    [
      "fased devices reject 6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21",
      "turn away a request that fased devices list shows",
    ],
  ],
  run: ({ requestId, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const result = await client.request("device.pair.reject", { requestId })
      noteTarget(target, context)
      if (args.json) context.out.json(result)
      else context.out.print(`${context.out.paint.good("rejected")} ${printable(requestId, 64)}`)
    }),
})
