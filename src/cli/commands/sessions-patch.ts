import type { ArgsDef } from "citty"
import { thinkingLevels } from "../../kernel/channel.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { type SessionRow, sessionArgument, showSession, wishes } from "../sessions.ts"

/** Takes a wish back. */
const back = "default"
const choice = (description: string, options: readonly string[]) => ({
  type: "enum" as const,
  options: [...options, back],
  description,
})
const text = (valueHint: string, description: string) =>
  ({ type: "string", valueHint, description }) as const

const flags = {
  label: text("name", "Name people see"),
  model: text("model", "Model that answers, by name or alias"),
  thinking: choice("How hard the model thinks", thinkingLevels),
  verbose: choice("How much of the tools is shown", ["on", "full", "off"]),
  reasoning: choice("Whether its reasoning is shown", ["on", "off", "stream"]),
  elevated: choice("Whether commands may leave the sandbox", ["on", "ask", "full", "off"]),
  usage: choice("What replies say of tokens", ["off", "tokens", "full"]),
  send: choice("Whether replies go to the network", ["allow", "deny"]),
  activation: choice("When it answers in a group", ["mention", "always"]),
  "auth-profile": text("id", "Credential to use"),
  "exec-host": choice("Where commands run", ["sandbox", "gateway", "node", "auto"]),
  "exec-security": choice("Which commands may run", ["deny", "allowlist", "full"]),
  "exec-ask": choice("When a command is asked about first", ["off", "on-miss", "always"]),
  "exec-node": text("id", "Node that commands run on"),
} satisfies Record<keyof typeof wishes, ArgsDef[string]>

export const sessionsPatch = command({
  about: `Changes what one session wants otherwise than the config. The word ${back} takes a wish back.`,
  args: { key: sessionArgument, ...flags, ...gatewayFlags },
  examples: [
    ["fased sessions patch main --thinking high --label home", "for this session only"],
    ["fased sessions patch main --model default", "the config decides again"],
  ],
  async run(args, context) {
    const { out } = context
    const wanted = Object.entries(wishes).flatMap(([flag, name]) => {
      const value = args[flag as keyof typeof wishes]
      return value === undefined ? [] : [[name, value === back ? null : value] as const]
    })
    if (!wanted.length)
      throw usage({
        problem: "What to change was not said.",
        hint: "For example: --thinking high, or --label home",
      })
    const params = { key: args.key, ...Object.fromEntries(wanted) }
    const result = await withGateway(args, context, async (client, target) => {
      const answer = await client.request("sessions.patch", params)
      noteTarget(target, context)
      return answer
    })
    if (args.json) return out.json(result)
    showSession((result as { entry?: SessionRow }).entry ?? {}, out, Date.now())
  },
})
