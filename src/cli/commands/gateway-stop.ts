import { stopNeedsForce } from "../../service/faults.ts"
import { command, fased } from "../command.ts"
import { openService } from "../service.ts"

export const gatewayStop = command({
  about:
    "Stops the installed service until it is started again, or the machine is. Where there is none, all is well too.",
  args: {
    force: { type: "boolean", description: "Also when nobody is at a terminal, as in a script" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased gateway stop", "until it is started again"],
    ["fased gateway stop --force", "in a script"],
  ],
  async run({ force, json }, context) {
    const { out, interactive } = context
    const service = openService(context)
    const [installation] = service.installed()
    if (installation && !interactive && !force)
      throw stopNeedsForce({ command: fased(context, "gateway stop --force") })
    const outcome = await service.stop()
    if (json) return out.json({ ok: true, action: "stop", outcome })
    if (outcome === "absent") return out.print("No service is installed, so there is none to stop.")
    out.print(`Stopped ${installation?.manager.name}`)
    out.print(`Start it again with: ${out.paint.accent(fased(context, "gateway start"))}`)
  },
})
