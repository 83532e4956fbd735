import type { ResetScope } from "../../backup/reset.ts"
import { command } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { usage } from "../faults.ts"

const scopes: string[] = ["config", "config+creds+sessions", "full"]

export const reset = command({
  about:
    "Moves settings, or all of this instance, to a dated folder in its trash and starts afresh. " +
    "The program stays installed. The gateway must be stopped.",
  args: {
    scope: {
      type: "enum",
      valueHint: "what",
      options: scopes,
      description: "How much of it",
    },
    "dry-run": { type: "boolean", description: "Say what would go and what stays" },
    yes: { type: "boolean", description: "Do not ask" },
    "non-interactive": { type: "boolean", description: "Never ask; needs --scope and --yes" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased reset --scope config", "settings only"],
    ["fased reset --scope full --dry-run", "what everything would be"],
  ],
  async run({ scope, "dry-run": dryRun, yes, json, ...args }, context) {
    const { out, paths } = context
    const { planReset, resetState } = await import("../../backup/reset.ts")
    if (!scope)
      throw usage({ problem: "--scope is missing.", hint: `It is one of: ${scopes.join(", ")}` })
    const plan = planReset(paths, scope as ResetScope)
    if (json && dryRun) return out.json({ dryRun: true, ...plan })
    if (!json) {
      for (const path of plan.going) out.print(`goes   ${path}`)
      for (const path of plan.staying) out.print(`stays  ${path}`)
    }
    if (!plan.going.length) return json ? out.json(plan) : out.print("There is nothing to reset.")
    if (dryRun) return
    const asking = { ...context, interactive: context.interactive && !args["non-interactive"] }
    const words = `reset --scope ${scope} --yes`
    await confirmed("Move all that to the trash?", { yes, context: asking, words })
    const done = resetState(paths, scope as ResetScope, Date.now())
    if (json) return out.json(done)
    out.print(`Done. It is in ${done.folder} until you remove it.`)
  },
})
