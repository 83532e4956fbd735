import type { Context } from "../command.ts"
import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import type { GatewayArgs } from "../gateway-flags.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

const flags = {
  provider: { type: "string", valueHint: "id", description: "Provider, e.g. openai" },
  agent: { type: "string", valueHint: "id", description: "For this agent" },
  ...gatewayFlags,
} as const

interface Order {
  provider?: string
  order?: string[] | null
  effective?: string[]
}

const call = async (
  name: "get" | "set" | "clear",
  args: GatewayArgs & { provider?: string; agent?: string; json?: boolean },
  context: Context,
  order?: readonly string[],
) => {
  const { out } = context
  const { provider, agent } = args
  if (!provider)
    throw usage({
      problem: "Which provider's profiles was not said.",
      hint: fased(context, `models auth order ${name} --provider openai`),
    })
  const result = (await withGateway(args, context, async (client, target) => {
    if (name !== "get") noteTarget(target, context)
    return client.request(`models.auth.order.${name}`, {
      provider,
      ...(agent && { agentId: agent }),
      ...(order && { order }),
    })
  })) as Order
  if (args.json) return out.json(result)
  const { effective = [] } = result
  const shown = effective.map((id, at) => `  ${at + 1}. ${printable(id, 200)}`)
  out.print(
    result.order
      ? `${printable(provider, 64)}: as set here`
      : `${printable(provider, 64)}: by the settings, else sign-ins first, then the one longest not used`,
  )
  for (const line of shown.length ? shown : ["  no profiles"]) out.print(line)
}

export const orderGet = command({
  args: flags,
  examples: [["fased models auth order get --provider openai", "in which order they are tried"]],
  run: (args, context) => call("get", args, context),
})

export const orderSet = command({
  about: "Profiles that are not named are not used.",
  args: {
    ...flags,
    profiles: { type: "positional", required: true, description: "Profiles, the first in front" },
  },
  words: true,
  examples: [
    [
      "fased models auth order set --provider openai openai:work openai:default",
      "work first, then the other",
    ],
  ],
  run: ({ _: words, ...args }, context) => call("set", args, context, words.map(String)),
})

export const orderClear = command({
  args: flags,
  examples: [["fased models auth order clear --provider openai", "back to the usual order"]],
  run: (args, context) => call("clear", args, context),
})
