import { Fault } from "../../kernel/fault.ts"
import { ago, span } from "../ago.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { describeFollowed, type Followed } from "../followed-config.ts"
import { findTarget, timeoutOf, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import type { GatewayArgs } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { failedProbe, stopwatch } from "../probe.ts"
import type { Probe } from "../probe.ts"
import { lookAround } from "../standing.ts"
import { columns } from "../table.ts"
import { judge } from "../verdict/judge.ts"
import { printNext } from "../verdict/print.ts"

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
  examples: [
    ["fased health", "one line that says whether it is online"],
    ["fased health --json --timeout 2000", "for a monitor: exit code 1 unless it is well"],
  ],
  async run(args, context) {
    const { out } = context
    const ms = stopwatch()
    // What is wrong with the command line itself is no word about the gateway.
    const target = findTarget(args, context)
    const timeoutMs = timeoutOf(args)
    const asked = withGateway(args, context, async (client) => {
      const asking = performance.now()
      const found = (await client.request("health", {}, { timeoutMs })) as Health
      return { found, ms: performance.now() - asking, hello: client.hello }
    })
    const answer = await asked.catch((error: unknown) => {
      if (args.json || !(error instanceof Fault)) throw error
      return error
    })
    if (answer instanceof Fault) return tellWhy(failedProbe(target, answer, ms()), args, context)
    const { good, warn, muted } = out.paint
    const { found, hello } = answer
    const well = found.ok !== false
    if (args.json) {
      out.json(found)
      return well ? 0 : 1
    }
    out.print(`Gateway: ${well ? good("online") : warn("online, but not well")}`)
    const newest = found.sessions?.recent?.[0]
    const facts: [string, string][] = [
      ["Version", `${hello.server?.version ?? "unknown"}, protocol ${hello.protocol ?? "?"}`],
      ["Up", span(hello.snapshot?.uptimeMs ?? 0)],
      ["Answer", `${answer.ms.toFixed(1)} ms`],
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
  },
})

const tellWhy = async (tried: Probe, args: GatewayArgs, context: Context) => {
  const { out } = context
  const verdict = judge(await lookAround(args, context, { tried }), context)
  out.print(
    `Gateway: ${out.paint.bad(tried.reachable ? "failed" : "offline")}. ${printable(verdict.says, 700)}`,
  )
  printNext(out, verdict)
  return 1
}
