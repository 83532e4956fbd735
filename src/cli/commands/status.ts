import type { Client } from "../../client/connect.ts"
import type { Target } from "../../client/target.ts"
import { httpUrl } from "../../client/target.ts"
import type { Report } from "../../doctor/run.ts"
import type { StatusResult } from "../../gateway/methods.ts"
import { Fault } from "../../kernel/fault.ts"
import { ago, span } from "../ago.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { describeConfig, reportConfig } from "../config-state.ts"
import { printFindings } from "../findings.ts"
import { describeFollowed } from "../followed-config.ts"
import { findTarget, openGateway, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { newestLog } from "../log-path.ts"
import { printable } from "../printable.ts"
import { columns } from "../table.ts"
import type { Cell } from "../table.ts"

interface Answers {
  version?: string
  uptimeMs?: number
  ms: number
  status?: Partial<StatusResult>
  report?: Partial<Report>
}

export const status = command({
  about: "Read-only. Works with the gateway down and with a broken config.",
  args: gatewayFlags,
  async run(args, context) {
    const { out, paths } = context
    const target = findTarget(args, context)
    const gateway = await ask(target, context, timeoutOf(args))
    const config = await reportConfig(context)
    const answers = gateway instanceof Fault ? undefined : gateway
    const fault = gateway instanceof Fault ? gateway : undefined
    const logFile = newestLog(paths.logs)
    if (args.json)
      return out.json({
        version: context.version,
        gateway: {
          reachable: answers !== undefined,
          mode: target.kind,
          url: target.url,
          credential: target.credential,
          ...(answers && { version: answers.version, uptimeMs: answers.uptimeMs, ms: answers.ms }),
          ...(fault && { error: { code: fault.code, message: fault.message, hint: fault.hint } }),
        },
        model: answers?.status?.model ?? null,
        sessions: answers?.status?.sessions ?? null,
        channels: answers?.status?.channelSummary ?? [],
        config: { ...config, followed: answers?.status?.config },
        logFile,
        findings: answers?.report?.findings ?? [],
      })

    const { heading, good, bad, warn, accent, muted } = out.paint
    out.print(`${heading("fased")} ${context.version}\n`)
    const rows: [string, Cell][] = answers
      ? [
          ["Gateway", [`running at ${httpUrl(target)}`, good]],
          ["", [describeGateway(answers), muted]],
          ...describeStatus(answers.status ?? {}),
        ]
      : [["Gateway", [`not reachable at ${target.url}`, bad]]]
    rows.push(["Config", config.valid ? describeConfig(config) : [describeConfig(config), warn]])
    for (const line of describeFollowed(answers?.status?.config)) rows.push(["", [line, warn]])
    rows.push(["Logs", logFile])
    const lines = rows.map(([name, cell]) => [[name, muted] as const, cell])
    for (const line of columns(lines, { gap: 3 })) out.print(line)

    const findings = answers?.report?.findings ?? []
    out.print()
    if (fault) {
      out.print(heading("What to do next"))
      if (!config.valid)
        out.print(`  Correct the config first: ${accent(fased(context, "config validate"))}`)
      out.print(`  ${printable(fault.message)}`)
      if (fault.hint) out.print(`  ${printable(fault.hint)}`)
      out.print(`  Look closer with: ${accent(fased(context, "doctor"))}`)
    } else if (findings.length) {
      out.print(heading("What to do next"))
      printFindings(out, findings)
    } else out.print(good("Nothing needs your attention."))
  },
})

const ask = async (
  target: Target,
  context: Context,
  timeoutMs: number,
): Promise<Answers | Fault> => {
  const begun = performance.now()
  try {
    await using client = await openGateway(target, context, { timeoutMs })
    const ms = Math.round((performance.now() - begun) * 10) / 10
    const [status, report] = await Promise.all([
      optional(client, "status", timeoutMs),
      optional(client, "doctor.run", timeoutMs),
    ])
    const { server, snapshot } = client.hello
    return { version: server?.version, uptimeMs: snapshot?.uptimeMs, ms, status, report } as Answers
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

/** A gateway of another version may not know every method; the rest of the picture still helps. */
const optional = (client: Client, method: string, timeoutMs: number) =>
  client.request(method, {}, { timeoutMs }).catch((error) => {
    if (error instanceof Fault) return undefined
    throw error
  })

const describeGateway = ({ version, uptimeMs, ms, status }: Answers) =>
  [
    printable(version ?? "unknown version", 40),
    uptimeMs !== undefined && `up ${span(uptimeMs)}`,
    status?.restart &&
      `restarted ${ago(status.restart.at, Date.now())} (${printable(status.restart.reason, 80)})`,
    `answers in ${ms} ms`,
  ]
    .filter(Boolean)
    .join(", ")

const describeStatus = ({ model, sessions, channelSummary }: Partial<StatusResult>) => {
  const rows: [string, Cell][] = []
  if (model) {
    const others = (model.connected ?? []).join(", ")
    rows.push([
      "Model",
      printable(model.default) + (others ? ` (connected: ${printable(others, 80)})` : ""),
    ])
  }
  if (channelSummary?.length) rows.push(["Channels", printable(channelSummary.join(", "))])
  const newest = sessions?.recent?.[0]
  if (sessions)
    rows.push([
      "Sessions",
      `${sessions.count}${newest ? `, newest ${printable(newest.key, 60)} ${ago(newest.updatedAt, Date.now())}` : ""}`,
    ])
  return rows
}
