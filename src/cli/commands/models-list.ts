import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Model {
  id?: string
  provider?: string
  name?: string
  contextWindow?: number
  reasoning?: boolean
  input?: string[]
  available?: boolean
  assignedRoles?: string[]
}

export const modelsList = command({
  args: {
    all: { type: "boolean", description: "Also models whose provider is not connected" },
    local: { type: "boolean", description: "Only those of servers that you run yourself" },
    provider: { type: "string", valueHint: "id", description: "Only this provider's" },
    plain: { type: "boolean", description: "Just provider/model, one a line" },
    ...gatewayFlags,
  },
  examples: [
    ["fased models list", "the models that can answer"],
    ["fased models list --all --provider openai", "all that one provider could offer"],
  ],
  async run(args, context) {
    const { out } = context
    const result = (await withGateway(args, context, (client) =>
      client.request("models.list", {
        ...(args.all && { all: true }),
        ...(args.provider && { provider: args.provider }),
      }),
    )) as { models?: Model[]; providers?: { id?: string; local?: boolean }[] }
    const own = new Set(result.providers?.filter(({ local }) => local).map(({ id }) => id))
    const models = (result.models ?? []).filter(({ provider }) => !args.local || own.has(provider))
    if (args.json) return out.json({ ...result, models })
    const ref = ({ provider, id }: Model) => printable(`${provider}/${id}`, 80)
    if (args.plain) return models.forEach((model) => out.print(ref(model)))
    if (!models.length) {
      out.print("No models here. See how to connect one with: fased models status")
      return
    }
    const { accent, muted, good } = out.paint
    const rows = models.map((model) => [
      [ref(model), accent] as const,
      model.contextWindow ? `${Math.round(model.contextWindow / 1000)}k` : "",
      [...(model.input ?? []), ...(model.reasoning ? ["thinking"] : [])].join(" "),
      model.available === false
        ? (["not connected", muted] as const)
        : ([
            model.assignedRoles?.includes("primary") ? "ready, the default" : "ready",
            good,
          ] as const),
      printable(model.name ?? "", 50),
    ])
    const head = ["MODEL", "CONTEXT", "CAN", "STATE", "NAME"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  },
})
