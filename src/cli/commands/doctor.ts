import type { Finding, Report } from "../../doctor/run.ts"
import type { Repair } from "../../doctor/fix.ts"
import { Fault } from "../../kernel/fault.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { printFindings } from "../findings.ts"
import { findTarget, openGateway } from "../gateway-client.ts"
import { printable } from "../printable.ts"

export const doctor = command({
  about:
    "Looks at the config, files, models and the gateway. Changes nothing unless --fix is given. " +
    "The exit code is 1 while something keeps fased from doing its job.",
  args: {
    fix: {
      type: "boolean",
      alias: ["repair", "yes"],
      description: "Fix what can be fixed, and say what was done",
    },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  async run({ fix, json }, context) {
    const { out } = context
    const { report, repairs, gateway } = fix
      ? await repair(context)
      : { ...(await examine(context)), repairs: [] }
    const code = report.ok ? 0 : 1
    if (json) {
      out.json({ ...report, repairs, gateway })
      return code
    }
    const { good, bad, muted, heading } = out.paint
    for (const { state, fix: what, problem } of repairs)
      out.print(
        `  ${state === "fixed" ? good("✓") : bad("✗")} ${state}: ${printable(what, 400)}${problem ? ` ${printable(problem, 400)}` : ""}`,
      )
    if (repairs.length) out.print()
    printFindings(out, report.findings)
    if (report.findings.length) out.print()
    const skipped = report.skipped.length ? `, ${report.skipped.length} skipped` : ""
    const checked = muted(`(${report.checked} checks${skipped}; gateway ${gateway})`)
    out.print(`${heading(verdict(report))} ${checked}`)
    return code
  },
})

const verdict = ({ ok, findings }: Report) => {
  const count = (severity: Finding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).length
  if (!ok) return `${plural(count("error"), "problem")} to solve.`
  if (count("warn")) return `Works, with ${plural(count("warn"), "thing")} to look at.`
  return "All is well."
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`

type Examined = { report: Report; gateway: "running" | "not running" | "not asked" }

/** A running gateway sees more than we can from outside; without one, the files and settings are checked. */
const examine = async (context: Context): Promise<Examined> => {
  const target = findTarget({}, context)
  try {
    await using client = await openGateway(target, context, { timeoutMs: 3000 })
    return { report: (await client.request("doctor.run", {})) as Report, gateway: "running" }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { runChecks } = await import("../../doctor/run.ts")
    const { checks, services } = await (await import("../check-services.ts")).offlineChecks(context)
    return { report: await runChecks(checks, services), gateway: "not running" }
  }
}

const repair = async (context: Context): Promise<Examined & { repairs: Repair[] }> => {
  const { applyFixes } = await import("../../doctor/fix.ts")
  const { checks, services } = await (await import("../check-services.ts")).offlineChecks(context)
  return { ...(await applyFixes(checks, services, { approve: () => true })), gateway: "not asked" }
}
