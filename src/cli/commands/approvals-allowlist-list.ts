import { ago } from "../ago.ts"
import { limitsText, ofNodeFlag, readPolicy } from "../approvals.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

export const approvalsAllowlistList = command({
  about: "Programs that agents run without asking, with what they were last used for.",
  args: { ...ofNodeFlag, ...gatewayFlags },
  examples: [["fased approvals allowlist list", "what runs unasked"]],
  async run({ node, ...args }, context) {
    const { out } = context
    const { file } = await withGateway(args, context, (client) => readPolicy(client, node))
    const { agents = {} } = file
    if (args.json) return out.json(agents)
    const { accent, heading, muted } = out.paint
    out.print(`${heading("Every agent")} ${muted(limitsText(file.defaults ?? {}))}`)
    const now = Date.now()
    const rows = Object.entries(agents).flatMap(([agent, { allowlist = [] }]) =>
      allowlist.map(({ pattern, lastUsedAt, lastUsedCommand }) => [
        printable(agent, 30),
        [printable(pattern, 200), accent] as const,
        lastUsedAt ? ago(lastUsedAt, now) : "never",
        printable(lastUsedCommand ?? "", 300),
      ]),
    )
    if (!rows.length) {
      out.print("Nothing is on the allowlist yet: agents ask before each command.")
      out.print(
        `Add a program with: ${accent(fased(context, "approvals allowlist add /usr/bin/git"))}`,
      )
      return
    }
    const head = ["AGENT", "PATTERN", "USED", "FOR"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  },
})
