import { dollars, tokens } from "../../usage/amounts.ts"
import type { sessionsUsage } from "../../usage/session-methods.ts"
import type { totals } from "../../usage/wire.ts"
import type { z } from "zod"
import { wholeNumber } from "../arguments.ts"
import { command, type Context, fased } from "../command.ts"
import { csvLine } from "../csv.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { columns, table } from "../table.ts"

type Report = z.infer<typeof sessionsUsage.result>
type Totals = z.infer<typeof totals>
type Row = Totals & { name: string; label?: string }

const usualDays = 7

/** What the rows can be, and the rows. */
const groupings = {
  day: ({ aggregates }: Report): Row[] =>
    aggregates.daily
      .filter(({ calls }) => calls > 0)
      .map(({ date, ...sum }) => ({ name: date, ...sum })),
  model: ({ aggregates }: Report): Row[] =>
    aggregates.byModel.map(({ provider, model, ...sum }) => ({
      name: `${provider}/${model}`,
      ...sum,
    })),
  provider: ({ aggregates }: Report): Row[] =>
    aggregates.byProvider.map(({ provider, ...sum }) => ({ name: provider, ...sum })),
  agent: ({ aggregates }: Report): Row[] =>
    aggregates.byAgent.map(({ agentId, ...sum }) => ({ name: agentId, ...sum })),
  purpose: ({ aggregates }: Report): Row[] =>
    aggregates.byKind.map(({ kind, ...sum }) => ({ name: kind, ...sum })),
  session: ({ sessions }: Report): Row[] =>
    sessions.map(({ key, label, usage }) => ({ name: key, label, ...usage })),
}
const groupingNames = Object.keys(groupings) as (keyof typeof groupings)[]

export const usage = command({
  about:
    "Costs are worked out from the price of each model as it was at each call. What a subscription covers, and what no price is known of, has tokens only.",
  args: {
    days: { type: "string", valueHint: "n", description: `Days up to today; ${usualDays} unasked` },
    from: { type: "string", valueHint: "date", description: "First day, as 2026-01-31" },
    to: { type: "string", valueHint: "date", description: "Last day" },
    by: { type: "enum", options: groupingNames, description: "What each row is", default: "day" },
    session: { type: "string", valueHint: "key", description: "Only this session" },
    utc: { type: "boolean", description: "Days of UTC, not of the gateway's time zone" },
    csv: { type: "boolean", description: "Rows for a spreadsheet" },
    ...gatewayFlags,
  },
  examples: [
    ["fased usage", "the last seven days, day by day"],
    ["fased usage --days 30 --by model", "which models it went to"],
    ["fased usage --by session --csv > usage.csv", "for a spreadsheet"],
  ],
  async run(args, context) {
    const { out } = context
    const days = wholeNumber("--days", args.days, { min: 1, max: 1100 })
    const params = {
      ...(days !== undefined && { days }),
      ...(args.from !== undefined && { startDate: args.from }),
      ...(args.to !== undefined && { endDate: args.to }),
      ...(args.session !== undefined && { key: args.session }),
      ...(args.utc && { mode: "utc" }),
      ...(args.by === "session" && { limit: 1000 }),
    }
    const report = (await withGateway(args, context, (client) =>
      client.request("sessions.usage", params),
    )) as Report
    if (args.json) return out.json(report)
    const by = args.by as keyof typeof groupings
    const rows = groupings[by](report)
    if (args.csv) printCsv(by, rows, context)
    else printReport(by, rows, report, context)
  },
})

const printReport = (
  by: string,
  rows: readonly Row[],
  { startDate, endDate, timeZone, totals }: Report,
  context: Context,
) => {
  const { out } = context
  const { heading, muted } = out.paint
  const span = startDate === endDate ? startDate : `${startDate} to ${endDate}`
  out.print(heading(`Models, ${span} (${printable(timeZone, 40)})`))
  if (!totals.calls) {
    out.print("No model was called in these days.")
    out.print(`\nLonger back: ${fased(context, "usage --days 90")}`)
    return
  }
  const facts = [
    ["Calls", `${totals.calls}${totals.failedCalls ? `, ${totals.failedCalls} failed` : ""}`],
    [
      "Tokens",
      `${tokens(totals.totalTokens)}: ${tokens(readOf(totals))} in, of which ${tokens(totals.cacheRead)} from a cache, and ${tokens(totals.output)} out`,
    ],
    ["Cost", costOf(totals)],
    ...notesOn(totals).map((note) => ["", note]),
  ]
  for (const line of columns(
    facts.map(([name = "", fact = ""]) => [[name, muted] as const, fact]),
    { gap: 3 },
  ))
    out.print(line)
  out.print()
  const head = [by.toUpperCase(), "CALLS", "IN", "CACHED", "OUT", "COST", ""]
  const cells = rows.map((row) => [
    printable(row.name, 60),
    String(row.calls),
    tokens(readOf(row)),
    tokens(row.cacheRead),
    tokens(row.output),
    costOf(row),
    printable(row.label ?? "", 40),
  ])
  for (const line of table(head, cells, { width: out.width, muted })) out.print(line.trimEnd())
}

const readOf = ({ input, cacheRead, cacheWrite }: Totals) => input + cacheRead + cacheWrite

/** A dash where nothing has a price. */
const costOf = (sum: Totals) => {
  const { totalCost, calls, failedCalls, missingCostEntries, subscriptionCalls } = sum
  const priced = calls - failedCalls - missingCostEntries - subscriptionCalls - sum.uncountedCalls
  return totalCost > 0 || priced > 0 ? dollars(totalCost) : "–"
}

const notesOn = ({ missingCostEntries, subscriptionCalls, uncountedCalls }: Totals) =>
  [
    missingCostEntries &&
      `${missingCostEntries} without a known price: put cost on the model in models.providers`,
    subscriptionCalls && `${subscriptionCalls} by a subscription: tokens only`,
    uncountedCalls && `${uncountedCalls} stopped before the provider counted: not in here`,
  ].filter((note) => typeof note === "string")

const printCsv = (by: string, rows: readonly Row[], { out }: Context) => {
  const columns = ["calls", "failedCalls", "input", "cacheRead", "cacheWrite", "output"] as const
  out.print(csvLine([by, ...columns, "totalTokens", "usd", "label"]))
  for (const row of rows)
    out.print(
      csvLine([
        row.name,
        ...columns.map((column) => row[column]),
        row.totalTokens,
        row.totalCost,
        row.label,
      ]),
    )
}
