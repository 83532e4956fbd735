import { ofNodeFlag, readPolicy } from "../approvals.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const approvalsGet = command({
  about: "Prints JSON in the shape of exec-approvals.json, which approvals set reads back.",
  args: { ...ofNodeFlag, ...gatewayFlags },
  examples: [["fased approvals get > exec-approvals.json", "keep a copy, or edit it"]],
  async run({ node, ...args }, context) {
    const snapshot = await withGateway(args, context, (client) => readPolicy(client, node))
    context.out.json(args.json ? snapshot : snapshot.file)
  },
})
