import { useEffect, useState } from "preact/hooks"
import { Fact } from "../parts/fact.tsx"
import { Known } from "../parts/known.tsx"
import { Empty } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { Segments } from "../parts/segments.tsx"
import { Table } from "../parts/table.tsx"
import { useResource } from "../resource.ts"
import { chatOf } from "../router.ts"
import type { PageProps } from "../routes.ts"
import { Budgets } from "../view/usage/budgets.tsx"
import { DayChart } from "../view/usage/day-chart.tsx"
import { measures } from "../view/usage/measure.ts"
import type { Measure, Report } from "../view/usage/measure.ts"
import { ShareChart } from "../view/usage/share-chart.tsx"
import { amount, counted, dollars } from "../words.ts"

const periods = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
] as const
type Period = (typeof periods)[number]["value"]

const purposes: Record<string, string> = {
  turn: "Answers",
  compaction: "Summaries of long conversations",
  "memory-flush": "Notes into memory",
  image: "Looking at pictures",
  embedding: "Search in memory",
  task: "Small tasks of the gateway",
  passthrough: "Clients of the model API",
}

export const UsagePage = ({ gateway, router }: PageProps) => {
  const [period, setPeriod] = useState<Period>("30")
  const [measure, setMeasure] = useState<Measure>("tokens")
  const report = useResource(
    gateway,
    () => gateway.call("sessions.usage", { days: Number(period), limit: 20 }),
    { of: [period] },
  )
  const status = useResource(gateway, () => gateway.call("usage.status"), {
    events: ["usage.budget", "config.changed"],
  })
  useEffect(
    () =>
      gateway.on("chat", ({ state }) => {
        if (state === "delta") return
        report.reload()
        status.reload()
      }),
    [report.reload, status.reload],
  )
  const open = (session: string) => router.go(chatOf(session))
  return (
    <>
      <PageHead
        title="Usage"
        about="What the models were used for: tokens, and dollars where the price is known."
      />
      <div class="page-body">
        <div class="toolbar">
          <Segments label="Period" options={periods} value={period} onChange={setPeriod} />
          <Segments label="Measure" options={measures} value={measure} onChange={setMeasure} />
        </div>
        <Known resource={report} what="the usage">
          {(known) =>
            known.totals.calls === 0 ? (
              <>
                <Empty title="No model was called in these days.">
                  What an answer uses shows here once there is one.
                </Empty>
                {status.value && <Budgets budgets={status.value.budgets} />}
              </>
            ) : (
              <>
                <Sums report={known} />
                <section aria-labelledby="days">
                  <h2 id="days">By day</h2>
                  <DayChart days={known.aggregates.daily} measure={measure} />
                </section>
                <div class="columns">
                  <ShareChart
                    title="By model"
                    name="Model"
                    measure={measure}
                    rows={known.aggregates.byModel.map(({ provider, model, ...totals }) => ({
                      name: `${provider}/${model}`,
                      totals,
                    }))}
                  />
                  <ShareChart
                    title="By agent"
                    name="Agent"
                    measure={measure}
                    rows={known.aggregates.byAgent.map(({ agentId, ...totals }) => ({
                      name: agentId,
                      totals,
                    }))}
                  />
                </div>
                {status.value && <Budgets budgets={status.value.budgets} />}
                <div class="columns">
                  <ShareChart
                    title="By purpose"
                    name="Purpose"
                    measure={measure}
                    rows={known.aggregates.byKind.map(({ kind, ...totals }) => ({
                      name: purposes[kind] ?? kind,
                      totals,
                    }))}
                  />
                  <Heaviest report={known} onOpen={open} />
                </div>
              </>
            )
          }
        </Known>
      </div>
    </>
  )
}

const Sums = ({ report: { totals } }: { report: Report }) => {
  const { totalTokens, input, output, cacheRead, cacheWrite } = totals
  const read = input + cacheRead + cacheWrite
  return (
    <dl class="fact-grid">
      <Fact name="Tokens" note={`${amount(read)} read, ${amount(output)} written`}>
        {amount(totalTokens)}
      </Fact>
      <Fact name="Cost">
        {dollars(totals.totalCost)}
        {totals.missingCostEntries > 0 && (
          <small>{counted(totals.missingCostEntries, "call")} at an unknown price</small>
        )}
        {totals.subscriptionCalls > 0 && (
          <small>{counted(totals.subscriptionCalls, "call")} in a subscription</small>
        )}
      </Fact>
      <Fact
        name="Calls"
        note={totals.failedCalls > 0 ? `${totals.failedCalls} of them failed` : undefined}
      >
        {totals.calls.toLocaleString("en-US")}
      </Fact>
      <Fact name="From a cache" note="of what was read">
        {Math.round((100 * cacheRead) / Math.max(1, read))} %
      </Fact>
    </dl>
  )
}

/** The conversations that used most. */
const Heaviest = ({ report, onOpen }: { report: Report; onOpen: (key: string) => void }) => (
  <section aria-labelledby="heaviest">
    <h2 id="heaviest">Conversations that used most</h2>
    <Table
      label="Conversations, those that used most first"
      rows={report.sessions}
      keyOf={({ key }) => key}
      columns={[
        {
          title: "Conversation",
          cell: ({ key, label }) => (
            <button type="button" class="row-title" title={key} onClick={() => onOpen(key)}>
              <b>{label ?? key}</b>
            </button>
          ),
        },
        { title: "Tokens", align: "end", cell: ({ usage }) => amount(usage.totalTokens) },
        { title: "Cost", align: "end", cell: ({ usage }) => dollars(usage.totalCost) },
      ]}
    />
  </section>
)
