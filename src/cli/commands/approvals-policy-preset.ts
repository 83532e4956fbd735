import { changePolicy, limitsText, type Limits } from "../approvals.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { confirmed } from "../confirmed.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

/** From nothing at all to nearly anything. */
const presets: Readonly<Record<string, Limits>> = {
  "locked-down": { security: "deny", ask: "always", askFallback: "deny", autoAllowSkills: false },
  cautious: { security: "allowlist", ask: "always", askFallback: "deny", autoAllowSkills: false },
  reviewed: { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false },
  "trusted-operator": { security: "full", ask: "off", askFallback: "full", autoAllowSkills: true },
}

export const approvalsPolicyPreset = command({
  about:
    "locked-down: no commands. cautious: ask about each. reviewed: ask about what is not on the list. trusted-operator: as tools.exec says, and ask about none.",
  args: {
    name: { type: "positional", required: true, description: Object.keys(presets).join(", ") },
    yes: { type: "boolean", description: "Ask nothing" },
    ...gatewayFlags,
  },
  examples: [["fased approvals policy preset cautious", "ask about every command"]],
  async run({ name, yes, ...args }, context) {
    const preset = Object.hasOwn(presets, name) ? presets[name] : undefined
    if (!preset)
      throw usage({
        problem: `There is no preset "${name}".`,
        hint: `Take one of ${Object.keys(presets).join(", ")}.`,
      })
    if (name === "trusted-operator")
      await confirmed("Let this policy ask about nothing?", {
        yes,
        context,
        words: `approvals policy preset ${name} --yes`,
      })
    await withGateway(args, context, async (client, target) => {
      const { out } = context
      const { file } = await changePolicy(client, (file) => ({ ...file, defaults: preset }))
      noteTarget(target, context)
      if (args.json) out.json(file.defaults)
      else out.print(`${out.paint.good(name)} ${limitsText(preset)}`)
    })
  },
})
