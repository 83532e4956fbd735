import { ago, span } from "../ago.ts"
import { command } from "../command.ts"
import { describeFollowed, type Followed } from "../followed-config.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { columns } from "../table.ts"

/** What is read of a gateway's health; versions differ in the rest. */
interface Health {
  ok?: boolean
  durationMs?: number
  defaultAgentId?: string
  agents?: { agentId?: string }[]
  sessions?: { count?: number; recent?: { key?: string; updatedAt?: number }[] }
  channels?: Record<string, unknown>
  config?: Followed
}

export const health = command({
  about: "Asks the gateway itself. The exit code is 0 only when it answers and is well.",
  args: {
    ...gatewayFlags,
    verbose: { type: "boolean", description: "Also what is switched off" },
  },
  run: (args, context) =>
    withGateway(args, context, async (client) => {
      const { out } = context
      const begun = performance.now()
      const found = (await client.request("health", {})) as Health
      const ms = performance.now() - begun
      const well = found.ok !== false
      if (args.json) {
        out.json(found)
        return well ? 0 : 1
      }
      const { good, warn, muted } = out.paint
      out.print(`Gateway: ${well ? good("online") : warn("online, but not well")}`)
      const { hello } = client
      const newest = found.sessions?.recent?.[0]
      const facts: [string, string][] = [
        ["Version", `${hello.server?.version ?? "unknown"}, protocol ${hello.protocol ?? "?"}`],
        ["Up", span(hello.snapshot?.uptimeMs ?? 0)],
        ["Answer", `${ms.toFixed(1)} ms`],
        ["Agents", (found.agents ?? []).map(({ agentId }) => agentId).join(", ") || "none"],
        [
          "Sessions",
          `${found.sessions?.count ?? 0}${newest?.updatedAt ? `, newest ${newest.key} ${ago(newest.updatedAt, Date.now())}` : ""}`,
        ],
      ]
      const noted = describeFollowed(found.config)
      if (noted.length) facts.push(["Config", noted.join("; ")])
      const channels = Object.keys(found.channels ?? {})
      if (channels.length || args.verbose) facts.push(["Channels", channels.join(", ") || "none"])
      const rows = facts.map(([name, value]) => [[name, muted] as const, printable(value)])
      for (const line of columns(rows, { indent: "  ", width: out.width })) out.print(line)
      return well ? 0 : 1
    }),
})
