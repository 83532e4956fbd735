import { Settings } from "../../config/settings.ts"
import { Fault } from "../../kernel/fault.ts"
import type { Severity } from "../../kernel/risk.ts"
import type { AuditReport, Change, Finding } from "../../security/audit.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { runningHolder } from "../instance.ts"
import type { Output } from "../output.ts"
import { printable } from "../printable.ts"

export const securityAudit = command({
  about:
    "Looks at file modes, the gateway's exposure, secrets and safeguards. Changes nothing unless " +
    "--fix is given, and then only closes files and turns log redaction on. " +
    "The exit code is 1 while something critical is left.",
  args: {
    deep: {
      type: "boolean",
      description: "Also knock at the running gateway, as a stranger would",
    },
    fix: { type: "boolean", description: "Fix what is safe to fix, and say what was done" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased security audit", "what an attacker would be glad of"],
    ["fased security audit --deep --json", "for a script or a nightly job"],
  ],
  async run({ deep, fix, json }, context) {
    const { out } = context
    const { risks, services } = await prepare(context, Boolean(deep))
    const { audit, fixAndAudit } = await import("../../security/audit.ts")
    const done = fix
      ? await fixAndAudit(risks, services)
      : { report: await audit(risks, services), fix: undefined }
    const { report } = done
    if (json) out.json(done.fix ? done : report)
    else {
      if (done.fix?.changes.length) printChanges(out, done.fix.changes)
      printReport(context, report, risks.length)
    }
    return report.summary.critical || done.fix?.ok === false ? 1 : 0
  },
})

const prepare = async (context: Context, deep: boolean) => {
  const { offlineServices } = await import("../check-services.ts")
  const { risks } = await import("../../registry/risks.ts")
  const services = await offlineServices(context)
  await openSections(services.get(Settings))
  if (!deep) return { risks, services }
  const { KnownGateway, probes } = await import("../../security/probe.ts")
  const url = runningHolder(context.paths.state)?.url
  services.provide(KnownGateway, { url, version: context.version })
  return { risks: [...risks, ...probes], services }
}

/** What cannot be fetched is a finding of its own. */
const openSections = (settings: Settings) =>
  settings.activate().catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error
  })

const headings: Record<Severity, string> = {
  critical: "Critical",
  warn: "Worth changing",
  info: "Good to know",
}

const printReport = (context: Context, { summary, findings }: AuditReport, looked: number) => {
  const { out } = context
  const { good, bad, warn, accent, muted, heading } = out.paint
  const marks = { critical: bad("✗"), warn: warn("!"), info: accent("·") }
  for (const [severity, title] of Object.entries(headings) as [Severity, string][]) {
    const group = findings.filter((finding) => finding.severity === severity)
    if (!group.length) continue
    out.print(heading(title))
    for (const finding of group) printFinding(out, marks[severity], finding)
    out.print()
  }
  const { critical, warn: warnings, info } = summary
  const counts = [`${critical} critical`, `${warnings} to change`, `${info} to know`].join(", ")
  const verdict = critical ? bad("Not safe.") : warnings ? warn("Safe, with gaps.") : good("Safe.")
  out.print(`${verdict} ${counts} ${muted(`(${looked} things looked at)`)}`)
  if (findings.some(({ fix }) => fix))
    out.print(`Fix what is safe to fix: ${accent(fased(context, "security audit --fix"))}`)
}

const printFinding = (
  out: Output,
  mark: string,
  { title, checkId, detail, remediation }: Finding,
) => {
  const { accent, muted } = out.paint
  out.print(`  ${mark} ${title} ${muted(`(${checkId})`)}`)
  out.print(`    ${printable(detail, 2000)}`)
  if (remediation) out.print(`    ${accent("→")} ${accent(printable(remediation, 2000))}`)
}

const printChanges = (out: Output, changes: readonly Change[]) => {
  const { good, bad } = out.paint
  for (const { ok, what, problem } of changes)
    out.print(
      `  ${ok ? good("✓ fixed:") : bad("✗ not fixed:")} ${printable(what, 2000)}${problem ? ` (${printable(problem)})` : ""}`,
    )
  out.print()
}
