import type { Finding } from "../doctor/run.ts"
import { adviceLines } from "./advice.ts"
import type { Output } from "./output.ts"
import { printable, printableText } from "./printable.ts"

const indent = "    "
const order = { error: 0, warn: 1, hint: 2 } as const

/** Doctor's findings, the gravest first, each with what to do about it. */
export const printFindings = (out: Output, findings: readonly Finding[]) => {
  const { bad, warn, accent } = out.paint
  const marks = { error: bad("✗"), warn: warn("!"), hint: accent("→") }
  for (const finding of findings.toSorted((a, b) => order[a.severity] - order[b.severity])) {
    const lines = (text: string) => adviceLines(text, out.width - indent.length)
    const [first, ...more] = lines(printableText(finding.explain))
    out.print(`  ${marks[finding.severity] ?? "-"} ${first}`)
    for (const line of more) out.print(indent + line)
    const advice = finding.fix
      ? `fased doctor --fix${finding.force ? " --force" : ""} will: ${finding.fix}`
      : finding.next
    for (const line of advice ? lines(printable(advice, 400)) : []) out.print(indent + accent(line))
  }
}
