import { command, fased } from "../command.ts"
import { openService, pageOf, serviceFacts, untilHealthy } from "../service.ts"

export const gatewayRestart = command({
  about:
    "Restarts the installed service once and waits until its gateway answers; exit code 1 when it does not. " +
    "From inside the service, as when an agent asks for it, the service manager is told and nobody waits.",
  args: {
    force: { type: "boolean", description: "Accepted for scripts; a restart needs no force" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [["fased gateway restart", "restart the service, and see it answer"]],
  async run({ json }, context) {
    const { out } = context
    const service = openService(context)
    const installation = await service.restart()
    const facts = { ok: true, action: "restart", service: serviceFacts(installation) }
    if (service.isInside()) {
      if (json) return out.json({ ...facts, outcome: "handed over" })
      out.print(`The service manager restarts ${installation.manager.name} now; this ends with it.`)
      return out.print(
        `See how it went with: ${out.paint.accent(fased(context, "gateway status"))}`,
      )
    }
    const tried = await untilHealthy(installation, context)
    if (json) return out.json({ ...facts, outcome: "restarted", rpc: tried })
    out.print(
      `${out.paint.good("Restarted")} ${installation.manager.name}, answering at ${pageOf(tried)}`,
    )
  },
})
