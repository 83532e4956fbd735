import { httpUrl } from "../../client/target.ts"
import type { StatusResult } from "../../gateway/methods.ts"
import { dollars, tokens } from "../../usage/amounts.ts"
import { describeBudget } from "../../usage/told.ts"
import { ago, span } from "../ago.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { describeConfig } from "../config-state.ts"
import { printFindings } from "../findings.ts"
import { describeFollowed } from "../followed-config.ts"
import { findTarget, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { logFileOf } from "../log-path.ts"
import { printable } from "../printable.ts"
import { lookAround } from "../standing.ts"
import type { Standing } from "../standing.ts"
import { askStatus } from "../status-answers.ts"
import type { Answers } from "../status-answers.ts"
import { columns } from "../table.ts"
import type { Cell } from "../table.ts"
import { judge } from "../verdict/judge.ts"
import { printNext, printVerdict } from "../verdict/print.ts"
import type { Verdict } from "../verdict/verdict.ts"

export const status = command({
  about: "Read-only. Works with the gateway down and with a broken config.",
  args: {
    all: {
      type: "boolean",
      description: "A full report to paste into a question: secrets masked; read it over first",
    },
    deep: { type: "boolean", description: "Also look for other gateways on this machine" },
    usage: { type: "boolean", description: "Also what models have used" },
    ...gatewayFlags,
  },
  examples: [
    ["fased status", "how things stand, and what to do next"],
    ["fased status --all", "everything, to show to somebody who helps"],
  ],
  async run({ all, deep, usage, json, ...args }, context) {
    const { out } = context
    const target = findTarget(args, context, { strict: true })
    const asked = askStatus(target, context, { timeoutMs: timeoutOf(args), all, usage })
    const tried = asked.then((answers) => answers.tried)
    const [answers, standing] = await Promise.all([
      asked,
      lookAround(args, context, { tried, deep: deep || all }),
    ])
    const verdict = withFindings(judge(standing, context), answers, context)
    const logFile = logFileOf(context)
    const full = all ? await import("../full-report.ts") : undefined
    const report = await full?.fullReport({ standing, answers, logFile }, context)
    if (json) {
      return out.json({
        ...describe({ verdict, standing, answers, logFile }, context),
        ...(report && { all: report }),
      })
    }
    printVerdict(out, verdict)
    out.print()
    printFacts(standing, answers, { logFile, usage }, context)
    const findings = answers.report?.findings ?? []
    if (findings.length && !all) {
      out.print(`\n${out.paint.heading("Found by the doctor")}`)
      printFindings(out, findings)
    } else if (verdict.grade === "well" && !findings.length)
      out.print(`\n${out.paint.good("Nothing needs your attention.")}`)
    printNext(out, verdict)
    if (report) full?.printFullReport(context, report)
  },
})

/** A gateway that is online has somebody's attention only for what its own doctor finds. */
const withFindings = (verdict: Verdict, { report }: Answers, context: Context): Verdict => {
  const grave = (report?.findings ?? []).filter(({ severity }) => severity !== "hint").length
  if (verdict.grade !== "well" || !grave) return verdict
  return {
    state: "findings",
    grade: "attention",
    says: `${verdict.says.replace(/\.$/, "")}, with ${grave} ${grave === 1 ? "thing" : "things"} to look at.`,
    next: [{ run: fased(context, "doctor"), to: "look closer, and see what it can fix" }],
  }
}

interface Found {
  verdict: Verdict
  standing: Standing
  answers: Answers
  logFile: string
}

/** The same for programs; the names stay. */
const describe = ({ verdict, standing, answers, logFile }: Found, { version }: Context) => {
  const { target, config, service } = standing
  const { tried, status, report } = answers
  return {
    verdict,
    version,
    gateway: {
      reachable: tried.ok,
      mode: target.kind,
      url: target.url,
      credential: target.credential,
      ...(tried.ok && { version: tried.version, uptimeMs: tried.uptimeMs, ms: tried.ms }),
      ...(tried.error && { error: tried.error }),
    },
    service: service.json,
    model: status?.model ?? null,
    sessions: status?.sessions ?? null,
    channels: status?.channelSummary ?? [],
    tailscale: status?.tailscale ?? null,
    usage: answers.usage ?? null,
    config: { ...config, followed: status?.config },
    logFile,
    findings: report?.findings ?? [],
  }
}

const printFacts = (
  { target, config, service }: Standing,
  { tried, status, usage: used }: Answers,
  { logFile, usage }: { logFile: string; usage?: boolean },
  { out, version }: Context,
) => {
  const { good, bad, warn, muted } = out.paint
  const rows: [string, Cell][] = tried.ok
    ? [
        ["Gateway", [`running at ${httpUrl(target)}`, good]],
        ["", [describeGateway(tried, status), muted]],
      ]
    : [
        [
          "Gateway",
          [
            tried.reachable
              ? `does not let this command line in`
              : `not reachable at ${target.url}`,
            bad,
          ],
        ],
      ]
  rows.push(["Service", service.line])
  rows.push(...describeStatus(status ?? {}))
  rows.push(["Config", config.valid ? describeConfig(config) : [describeConfig(config), warn]])
  for (const line of describeFollowed(status?.config)) rows.push(["", [line, warn]])
  if (usage) rows.push(...describeUsage(used, status !== undefined))
  rows.push(["Logs", logFile], ["Version", version])
  const lines = rows.map(([name, cell]) => [[name, muted] as const, cell])
  for (const line of columns(lines, { gap: 3 })) out.print(line)
  for (const line of service.advice) out.print(line)
}

const describeGateway = (
  { version = "unknown version", uptimeMs, ms }: Answers["tried"],
  status: Answers["status"],
) =>
  [
    printable(version, 40),
    uptimeMs !== undefined && `up ${span(uptimeMs)}`,
    status?.restart &&
      `restarted ${ago(status.restart.at, Date.now())} (${printable(status.restart.reason, 80)})`,
    `answers in ${ms} ms`,
  ]
    .filter(Boolean)
    .join(", ")

const countsNothing = "this version does not count what models use; update the gateway"

const describeUsage = (used: Answers["usage"], answered: boolean): [string, Cell][] => {
  if (!used) return [["Usage", answered ? countsNothing : "not known: the gateway does not answer"]]
  const { today, providers, budgets, timeZone } = used
  const spent = (sum: typeof today) =>
    `${tokens(sum.totalTokens)} tokens, ${dollars(sum.totalCost)}${sum.missingCostEntries ? ` (${sum.missingCostEntries} calls without a known price)` : ""}`
  return [
    ["Usage", `${spent(today)} today`],
    ...(providers.length > 1 ? providers : []).map(({ provider, today }): [string, Cell] => [
      "",
      `${printable(provider, 40)}: ${spent(today)}`,
    ]),
    ...budgets.map((budget): [string, Cell] => [
      "",
      `budget: ${printable(describeBudget(budget, timeZone), 200)}`,
    ]),
  ]
}

const describeStatus = ({
  model,
  sessions,
  channelSummary,
  tailscale,
}: Partial<StatusResult>): [string, Cell][] => {
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
  if (tailscale && tailscale.state !== "off") rows.push(["Tailscale", describeTailscale(tailscale)])
  return rows
}

const describeTailscale = ({ state, url, problem, next }: StatusResult["tailscale"]) =>
  state === "served"
    ? `serves ${printable(url ?? "this gateway")}`
    : state === "pending"
      ? "not asked yet"
      : printable([problem, next].filter(Boolean).join(" "), 400)
