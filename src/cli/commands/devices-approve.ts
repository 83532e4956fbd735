import { command, fased } from "../command.ts"
import { listDevices, wishText } from "../devices.ts"
import { nothingPending, usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const devicesApprove = command({
  about:
    "Shows what is asked for and asks before it approves. A script names the request, or says --latest.",
  args: {
    requestId: { type: "positional", required: false, description: "Default: the newest request" },
    latest: { type: "boolean", description: "Approve the newest request without asking" },
    ...gatewayFlags,
  },
  examples: [
    ["fased devices approve", "look at the newest request, then decide"],
    ["fased devices approve --latest", "approve it without a question"],
  ],
  async run({ requestId, latest, ...args }, context) {
    const { out, interactive } = context
    if (requestId && latest)
      throw usage({ problem: "A request and --latest were given.", hint: "Leave one of them out." })
    const mayAsk = interactive && !args.json
    if (!requestId && !latest && !mayAsk)
      throw usage({
        problem: "Which request to approve was not said, and nobody is here to ask.",
        hint: `Name it, or add --latest. See: ${fased(context, "devices list")}`,
      })
    return withGateway(args, context, async (client, target) => {
      const { pending } = await listDevices(client)
      const request = requestId ? pending.find((one) => one.requestId === requestId) : pending[0]
      if (!request && !requestId) throw nothingPending()
      if (request && !requestId && !latest) {
        out.print(wishText(request))
        if (!confirm("Let it in?")) {
          out.print("Nothing was changed.")
          return 1
        }
      }
      const result = await client.request("device.pair.approve", {
        requestId: request?.requestId ?? requestId,
      })
      noteTarget(target, context)
      if (args.json) out.json(result)
      else out.print(`${out.paint.good("approved")} ${request ? wishText(request) : requestId}`)
      return 0
    })
  },
})
