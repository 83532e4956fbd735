import { describeIssue } from "../../config/faults.ts"
import { command } from "../command.ts"
import { reportConfig } from "../config-state.ts"
import { printable } from "../printable.ts"

export const configValidate = command({
  about: "Exit code 1 when something is wrong, with the place and what is allowed there.",
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  examples: [
    ["fased config validate", "what is wrong, and where"],
    ["fased config validate --json", "for a script"],
  ],
  async run({ json }, context) {
    const { out } = context
    const report = await reportConfig(context)
    const code = report.valid ? 0 : 1
    if (json) {
      out.json(report)
      return code
    }
    const { good, bad } = out.paint
    if (!report.exists) out.print(`${report.path} is not there yet; every setting has its default.`)
    else if (report.valid) out.print(`${good("valid")}  ${report.path}`)
    else {
      out.print(`${bad("not valid")}  ${report.path}`)
      for (const issue of report.issues) out.print(`  - ${printable(describeIssue(issue), 1000)}`)
    }
    return code
  },
})
