import { changePolicy, limitsText, type Limits, withAgent } from "../approvals.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

const securities = ["deny", "allowlist", "full"] as const

export const approvalsPolicySet = command({
  about: "Sets what is named and leaves the rest. Without --agent it holds for every agent.",
  args: {
    security: { type: "enum", options: [...securities], description: "Most that may run" },
    ask: {
      type: "enum",
      options: ["off", "on-miss", "always"],
      description: "When somebody is asked",
    },
    "ask-fallback": {
      type: "enum",
      options: [...securities],
      description: "What may run when nobody can be asked",
    },
    "auto-allow-skills": {
      type: "enum",
      options: ["on", "off"],
      description: "Programs that skills name",
    },
    agent: { type: "string", valueHint: "id", description: "Only for this agent" },
    ...gatewayFlags,
  },
  examples: [
    ["fased approvals policy set --ask always", "ask about every command"],
    ["fased approvals policy set --security deny --agent guest", "this agent runs none"],
  ],
  run({ security, ask, agent, ...args }, context) {
    const skills = args["auto-allow-skills"]
    const wanted: Limits = {
      ...(security && { security }),
      ...(ask && { ask }),
      ...(args["ask-fallback"] && { askFallback: args["ask-fallback"] }),
      ...(skills && { autoAllowSkills: skills === "on" }),
    }
    if (!Object.keys(wanted).length) throw usage({ problem: "Nothing to set was named." })
    return withGateway(args, context, async (client, target) => {
      const { out } = context
      const { file } = await changePolicy(client, (file) =>
        agent
          ? withAgent(file, agent, (own) => ({ ...own, ...wanted }))
          : { ...file, defaults: { ...file.defaults, ...wanted } },
      )
      noteTarget(target, context)
      const now = (agent ? file.agents?.[agent.toLowerCase()] : file.defaults) ?? {}
      if (args.json) out.json(now)
      else out.print(`${out.paint.good("set")} ${limitsText(now)}`)
    })
  },
})
