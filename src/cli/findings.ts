import type { Finding } from "../doctor/run.ts"
import type { Output } from "./output.ts"
import { printable, printableText } from "./printable.ts"

const order = { error: 0, warn: 1, hint: 2 } as const

/** Doctor's findings, the gravest first, each with what to do about it. */
export const printFindings = (out: Output, findings: readonly Finding[]) => {
  const { bad, warn, accent } = out.paint
  const marks = { error: bad("✗"), warn: warn("!"), hint: accent("→") }
  for (const finding of findings.toSorted((a, b) => order[a.severity] - order[b.severity])) {
    const text = printableText(finding.explain).split("\n").join("\n    ")
    out.print(`  ${marks[finding.severity] ?? "-"} ${text}`)
    if (finding.fix)
      out.print(`    ${accent("fased doctor --fix")} will: ${printable(finding.fix, 400)}`)
    else if (finding.next) out.print(`    ${accent(printable(finding.next, 400))}`)
  }
}
