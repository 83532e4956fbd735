import { agentFlag, changePolicy, ofNodeFlag, type PolicyFile, withAgent } from "../approvals.ts"
import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const approvalsAllowlistAdd = command({
  about: "The whole path of a program; * stands for any name and ** for any folders as well.",
  args: {
    pattern: { type: "positional", required: true, description: "Such as /usr/bin/git" },
    ...agentFlag,
    ...ofNodeFlag,
    ...gatewayFlags,
  },
  examples: [
    ["fased approvals allowlist add /usr/bin/git", "every agent may run git unasked"],
    ["fased approvals allowlist add '~/tools/*' --agent work", "one agent, a folder of programs"],
  ],
  run: ({ pattern: name, agent, node, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const { out, env } = context
      // A name alone allows nothing: where it lies on this machine is what is meant.
      const here = !node && target.kind === "local" && /^[\w.+-]+$/.test(name)
      const pattern = (here && Bun.which(name, { PATH: env.PATH ?? "" })) || name
      const add = (file: PolicyFile) =>
        withAgent(file, agent, (own) => ({
          ...own,
          allowlist: [...(own.allowlist ?? []).filter((e) => e.pattern !== pattern), { pattern }],
        }))
      const result = await changePolicy(client, add, node)
      noteTarget(target, context)
      if (args.json) return out.json(result)
      const whose = agent === "*" ? "every agent" : printable(agent, 64)
      out.print(`${out.paint.good("added")} ${printable(pattern)} for ${whose}`)
    }),
})
