import { fault } from "../../kernel/fault.ts"
import { agentFlag, changePolicy, ofNodeFlag, type PolicyFile, withAgent } from "../approvals.ts"
import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

const notListed = fault<{ pattern: string; agent: string }>("cli.not-on-allowlist", {
  status: 404,
  message: ({ pattern, agent }) =>
    `"${pattern}" is not on the allowlist of ${agent === "*" ? "every agent" : agent}.`,
  hint: () => "See what is, and whose: fased approvals allowlist list",
})

export const approvalsAllowlistRemove = command({
  about: "The program is asked about again. What runs already goes on.",
  args: {
    pattern: { type: "positional", required: true, description: "The pattern, as listed" },
    ...agentFlag,
    ...ofNodeFlag,
    ...gatewayFlags,
  },
  examples: [["fased approvals allowlist remove /usr/bin/git --agent main", "ask about it again"]],
  run: ({ pattern, agent, node, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const { out } = context
      const remove = (file: PolicyFile) => {
        const { allowlist = [] } = file.agents?.[agent] ?? {}
        const left = allowlist.filter((entry) => entry.pattern !== pattern)
        if (left.length === allowlist.length)
          throw notListed({ pattern: printable(pattern), agent: printable(agent, 64) })
        return withAgent(file, agent, (own) => ({ ...own, allowlist: left }))
      }
      const result = await changePolicy(client, remove, node)
      noteTarget(target, context)
      if (args.json) out.json(result)
      else out.print(`${out.paint.good("removed")} ${printable(pattern)}`)
    }),
})
