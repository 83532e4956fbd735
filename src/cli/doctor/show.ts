import type { Proposal, Repair } from "../../doctor/fix.ts"
import type { Finding, Report } from "../../doctor/run.ts"
import { wrap } from "../advice.ts"
import { type Context, fased } from "../command.ts"
import { printFindings } from "../findings.ts"
import { printable, printableText } from "../printable.ts"
import type { Done } from "./run.ts"

const groups = [
  ["error", "Problems"],
  ["warn", "To look at"],
  ["hint", "Worth knowing"],
] as const

/** What was done, what is left, what is fine, and the next command. */
export const printReport = (
  { report, repairs, gateway, run }: Done,
  context: Context,
  { asks = false }: { asks?: boolean } = {},
) => {
  const { out } = context
  const { heading, muted, good, accent } = out.paint
  const told = repairs.filter(({ state }) => asks || state !== "declined")
  for (const repair of told) printRepair(repair, context)
  if (told.length) out.print()
  for (const [severity, title] of groups) {
    const findings = report.findings.filter((finding) => finding.severity === severity)
    if (!findings.length) continue
    out.print(heading(title))
    printFindings(out, findings)
    out.print()
  }
  const fine = report.checked - report.findings.length
  if (fine > 0) out.print(`  ${good("✓")} ${plural(fine, "check")} found nothing to say.`)
  const skipped = report.skipped.length ? `, ${report.skipped.length} skipped` : ""
  const checked = muted(`(${report.checked} checks${skipped}; gateway ${gateway})`)
  out.print(`${heading(verdict(report))} ${checked}`)
  for (const line of asks ? [] : nextSteps(report, context)) out.print(`Next: ${accent(line)}`)
  if (run)
    for (const line of wrap(
      `What was changed is kept in ${printable(run.folder, 400)}; to put it back: ${fased(context, "doctor --undo")}`,
      out.width,
    ))
      out.print(muted(line))
}

/** One repair before it is made: what is wrong, what would be done, line by line. */
export const printChange = ({ explain, fix, diff }: Proposal, { out }: Context) => {
  out.print()
  for (const line of wrap(printableText(explain), out.width)) out.print(line)
  for (const line of wrap(printable(fix, 400), out.width - 2)) out.print(`  ${line}`)
  printDiff(diff, out)
}

const printRepair = ({ state, fix, diff, problem }: Repair, { out }: Context) => {
  const { good, bad, muted } = out.paint
  const mark = { fixed: good("✓"), remains: bad("✗"), failed: bad("✗"), declined: muted("-") }
  const text = `${wordFor[state]}: ${printable(fix, 400)}${problem ? ` ${printable(problem, 600)}` : ""}`
  const [first = "", ...more] = wrap(text, out.width - 4)
  out.print(`  ${mark[state]} ${first}`)
  for (const line of more) out.print(`    ${line}`)
  if (state !== "declined") printDiff(diff, out)
}

const wordFor = {
  fixed: "fixed",
  remains: "done, but it is still found",
  failed: "failed",
  declined: "left",
} as const

const printDiff = (diff: readonly string[], { print, paint }: Context["out"]) => {
  for (const line of diff)
    print(`      ${(line.startsWith("-") ? paint.bad : paint.good)(printable(line, 200))}`)
}

const verdict = ({ ok, findings }: Report) => {
  const count = (severity: Finding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).length
  if (!ok) return `${plural(count("error"), "problem")} to solve.`
  if (count("warn")) return `Works, with ${plural(count("warn"), "thing")} to look at.`
  return "All is well."
}

/** What --fix would do, where that helps with what is gravest; else the findings say what does. */
const nextSteps = ({ findings }: Report, context: Context) => {
  const [gravest] = groups.flatMap(([severity]) => {
    const those = findings.filter((finding) => finding.severity === severity)
    return those.length ? [those] : []
  })
  const fixable = (gravest ?? []).filter(({ fix }) => fix !== undefined)
  if (!fixable.length) return []
  return [
    fased(context, fixable.some(({ force }) => !force) ? "doctor --fix" : "doctor --fix --force"),
  ]
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`
