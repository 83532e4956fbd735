import { readPolicy } from "../approvals.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const approvalsGet = command({
  about: "Prints JSON in the shape of exec-approvals.json, which approvals set reads back.",
  args: gatewayFlags,
  examples: [["fased approvals get > exec-approvals.json", "keep a copy, or edit it"]],
  async run(args, context) {
    const snapshot = await withGateway(args, context, readPolicy)
    context.out.json(args.json ? snapshot : snapshot.file)
  },
})
