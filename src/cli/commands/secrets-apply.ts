import { readFileSync } from "node:fs"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { openSecrets, printApplied, runPlan } from "../secrets.ts"

export const secretsApply = command({
  about:
    "Every reference of the plan is fetched and the outcome checked before anything is written. " +
    "Then the config is changed, and the secrets that moved are removed from .env, from included files " +
    "and from every copy of the config. Running it again finishes what was cut short.",
  args: {
    from: {
      type: "string",
      valueHint: "file",
      description: "The plan, as `secrets configure --plan-out` writes it",
    },
    "dry-run": { type: "boolean", description: "Check everything, write nothing" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [["fased secrets apply --from plan.json --dry-run", "what it would change"]],
  async run({ from, json, "dry-run": dryRun }, context) {
    if (!from)
      throw usage({
        problem: "Which plan to apply was not said.",
        hint: "Name its file with --from; fased secrets configure --plan-out makes one.",
      })
    const text = readPlanFile(from)
    const [{ readPlan }, instance] = await Promise.all([
      import("../../secrets/plan.ts"),
      openSecrets(context),
    ])
    const plan = readPlan(text, instance.sections)
    const report = await runPlan(plan, instance, context, { dryRun })
    if (json) context.out.json(report)
    else printApplied(report, context)
  },
})

const readPlanFile = (path: string) => {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw usage({
      problem: `The plan ${path} cannot be read: ${(error as Error).message}.`,
      hint: "Make one with: fased secrets configure --plan-out plan.json",
    })
  }
}
