import { command } from "../command.ts"
import { openService, pageOf, serviceFacts, untilHealthy } from "../service.ts"

export const gatewayStart = command({
  about: "Starts the installed service and waits until its gateway answers. Harmless when it runs.",
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  examples: [["fased gateway start", "start the service, and see it answer"]],
  async run({ json }, context) {
    const installation = await openService(context).start()
    const tried = await untilHealthy(installation, context)
    if (json)
      context.out.json({
        ok: true,
        action: "start",
        service: serviceFacts(installation),
        rpc: tried,
      })
    else
      context.out.print(
        `${context.out.paint.good("Running")}: ${installation.manager.name}, at ${pageOf(tried)}`,
      )
  },
})
