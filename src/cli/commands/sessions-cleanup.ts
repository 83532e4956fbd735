import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Report {
  mode?: string
  stores?: {
    agentId?: string
    beforeCount?: number
    afterCount?: number
    pruned?: number
    capped?: number
  }[]
  archivesRemoved?: number
  evicted?: number
  bytesBefore?: number
  bytesAfter?: number
  bytesLimit?: number | null
}

export const sessionsCleanup = command({
  about:
    "Archives sessions and removes old transcripts as session.maintenance says. Without --enforce it only tells.",
  args: {
    "dry-run": { type: "boolean", description: "Only tell what would go (the default)" },
    enforce: { type: "boolean", description: "Do it now" },
    ...gatewayFlags,
  },
  examples: [
    ["fased sessions cleanup", "what would go"],
    ["fased sessions cleanup --enforce", "let it go"],
  ],
  async run({ "dry-run": dryRun, enforce = false, ...args }, context) {
    const { out } = context
    if (dryRun && enforce)
      throw usage({
        problem: "--dry-run and --enforce were given.",
        hint: "Leave one of them out.",
      })
    // A big store takes its time.
    const patient = { ...args, timeout: args.timeout ?? "600000" }
    const result = await withGateway(patient, context, async (client, target) => {
      const timeoutMs = Number(patient.timeout)
      const answer = await client.request("sessions.cleanup", { enforce }, { timeoutMs })
      if (enforce) noteTarget(target, context)
      return answer
    })
    if (args.json) return out.json(result)
    const report = result as Report
    const { muted, accent } = out.paint
    const head = ["AGENT", "SESSIONS", "UNUSED", "TOO MANY", enforce ? "LEFT" : "WOULD BE LEFT"]
    const rows = (report.stores ?? []).map((one) => [
      [printable(one.agentId ?? "", 40), accent] as const,
      String(one.beforeCount ?? 0),
      String(one.pruned ?? 0),
      String(one.capped ?? 0),
      String(one.afterCount ?? 0),
    ])
    if (rows.length)
      for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    out.print(`Archived transcripts past their time: ${report.archivesRemoved ?? 0}`)
    const limit = report.bytesLimit ? `, of ${megabytes(report.bytesLimit)} allowed` : ""
    const after = enforce ? ` before, ${megabytes(report.bytesAfter)} now` : ""
    out.print(`Database: ${megabytes(report.bytesBefore)}${after}${limit}`)
    if (report.evicted) out.print(`Sessions removed to make room: ${report.evicted}`)
    if (!enforce)
      out.note(
        out.notePaint.muted(
          `Nothing was changed. Do it with: ${fased(context, "sessions cleanup --enforce")}`,
        ),
      )
  },
})

const megabytes = (bytes = 0) => `${(bytes / 1e6).toFixed(1)} MB`
