import type { z } from "zod"
import type { list } from "../../services/methods.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

export const servicesList = command({
  about:
    "An agent has the tools of a service when it was given it, and its tool policy lets it. The web and MCP servers are given to nobody: there, tool policy alone decides.",
  args: gatewayFlags,
  examples: [["fased services list", "what is set up, and which agents have it"]],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) => client.request("services.list", {}))
    if (args.json) return out.json(result)
    const { services } = result as z.infer<typeof list.result>
    const { accent, muted, good, warn, bad } = out.paint
    const paintOf = { ready: good, "not set up": muted, off: warn, failing: bad }
    const rows = services.map(({ id, label, tools, state, access = "", agents }) => [
      [printable(id, 40), accent] as const,
      printable(label, 60),
      [state, paintOf[state]] as const,
      access,
      agents
        ? printable(agents.join(", "), 200) || "nobody"
        : ([tools.length ? "by tool policy" : "", muted] as const),
    ])
    const head = ["SERVICE", "NAME", "STATE", "ACCESS", "GIVEN TO"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    for (const { problem } of services)
      if (problem) out.print(`${bad("✗")} ${printable(problem, 300)}`)
    const next = services.find(({ state, setup }) => state === "not set up" && setup)
    if (next) out.print(`Set one up: ${accent(fased(context, `services add ${next.id}`))}`)
  },
})

export const servicesTest = command({
  args: {
    service: { type: "positional", required: true, description: "The service, as listed" },
    ...gatewayFlags,
  },
  examples: [["fased services test github", "is the credential taken, and as whom"]],
  async run({ service, ...args }, context) {
    const { out } = context
    const timeoutMs = Number(args.timeout ?? 60_000)
    const result = (await withGateway(args, context, (client) =>
      client.request("services.test", { id: service }, { timeoutMs }),
    )) as { label: string; said: string; ms: number }
    if (args.json) return out.json(result)
    const { label, said, ms } = result
    out.print(`${out.paint.good("Answers")} in ${ms} ms: ${label}, ${printable(said, 200)}`)
  },
})
