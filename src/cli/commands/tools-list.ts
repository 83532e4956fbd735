import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"
import { effectiveTools, sessionFlags } from "../tools-effective.ts"

export const toolsList = command({
  args: {
    all: { type: "boolean", description: "Also the tools it may not use, and what hides each" },
    ...sessionFlags,
    ...gatewayFlags,
  },
  examples: [
    ["fased tools list", "what the main session may use"],
    ["fased tools list --all --session agent:work:main", "with what hides the rest"],
  ],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) => effectiveTools(client, args))
    if (args.json) return out.json(result)
    const { accent, muted, warn } = out.paint
    const { agentId, profile, model, groups = [], hidden = [] } = result
    out.print(`Agent ${printable(agentId, 64)}, profile ${profile}, model ${printable(model, 80)}`)
    const offered = groups.flatMap(({ label, tools }) => tools.map((tool) => ({ ...tool, label })))
    const rows = offered.map(({ id, label, description }) => [
      [printable(id, 64), accent] as const,
      printable(label, 30),
      printable(firstSentence(description), 90),
    ])
    if (rows.length)
      for (const line of table(["TOOL", "FROM", "WHAT IT DOES"], rows, { width: out.width, muted }))
        out.print(line)
    else out.print("It may use no tool.")
    if (!args.all) {
      if (hidden.length) out.print(`\n${hidden.length} more are hidden; see why with --all`)
      return
    }
    const kept = hidden.map(({ id, stage, why }) => [
      [printable(id, 64), muted] as const,
      [stage, warn] as const,
      printable(why, 160),
    ])
    out.print("")
    for (const line of table(["HIDDEN", "BY", "WHY"], kept, { width: out.width, muted }))
      out.print(line)
  },
})

const firstSentence = (text: string) => /^[^]*?(?=[.:;]\s|[.:;]?$)/.exec(text)?.[0] ?? text
