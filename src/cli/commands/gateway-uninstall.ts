import { command } from "../command.ts"
import { openService, serviceFacts } from "../service.ts"

export const gatewayUninstall = command({
  about:
    "Stops the service and removes its file. Settings, conversations and logs stay, and so do files of your own beside the unit.",
  args: {
    force: { type: "boolean", description: "Accepted for scripts; removing needs no force" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [["fased gateway uninstall", "remove the service, and nothing else"]],
  async run({ json }, { out, paths, ...context }) {
    const removed = await openService({ ...context, paths }).uninstall()
    if (json)
      return out.json({
        ok: true,
        action: "uninstall",
        outcome: removed ? "removed" : "absent",
        ...(removed && { service: serviceFacts(removed) }),
      })
    if (!removed) return out.print("No service is installed, so there is none to remove.")
    out.print(`Removed ${removed.manager.name} (${removed.manager.path})`)
    out.print(
      `Everything else stays in ${removed.facts.environment.FASED_STATE_DIR ?? paths.state}`,
    )
  },
})
