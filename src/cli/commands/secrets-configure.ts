import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import { canAsk, Cancelled, openPrompts } from "../prompts.ts"
import { keepAndRun, openSecrets, printApplied, runPlan } from "../secrets.ts"
import type { SecretsInstance } from "../secrets.ts"
import type { Draft } from "../secrets-interview.ts"

export const secretsConfigure = command({
  about:
    "Asks where each secret of the config should be kept, shows the plan, and applies it when you say so. " +
    "The plan holds places, never a secret.",
  args: {
    "plan-out": { type: "string", valueHint: "file", description: "Write the plan to this file" },
    apply: { type: "boolean", description: "Apply the plan, also when it is written to a file" },
    yes: { type: "boolean", alias: "y", description: "Do not ask before applying" },
    "providers-only": { type: "boolean", description: "Only say where secrets may be kept" },
    "skip-provider-setup": { type: "boolean", description: "Only say which secret goes where" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased secrets configure", "move secrets out of the config"],
    ["fased secrets configure --plan-out plan.json", "for another machine, or to look at first"],
  ],
  async run(args, context) {
    const { json = false } = args
    if (args["providers-only"] && args["skip-provider-setup"])
      throw usage({
        problem: "--providers-only and --skip-provider-setup leave nothing to ask.",
        hint: "Give one of them.",
      })
    if (!canAsk({ json }))
      throw usage({
        problem: "This command asks questions, and nobody is here to answer them.",
        hint: `For scripts: ${fased(context, "secrets set <path>")}, or ${fased(context, "secrets apply --from <plan>")}`,
      })
    const instance = await openSecrets(context)
    const state = instance.settings.current()
    if (!state.values) throw (await import("../../config/faults.ts")).configInvalid(state)
    const prompts = await openPrompts(context, { json })
    const { interview } = await import("../secrets-interview.ts")
    try {
      const draft = await interview(prompts, instance, context, {
        askProviders: !args["skip-provider-setup"],
        askSecrets: !args["providers-only"],
      })
      if (!draft) return
      const out = args["plan-out"]
      if (out) await writeDraft(out, draft, instance, context)
      const asked = !out && !args.yes && !args.apply
      const wanted = asked
        ? await prompts.confirm({ message: "Apply it now?" })
        : !out || args.apply
      if (!wanted) {
        if (json) context.out.json(await planOf(draft, instance))
        else if (!out) context.out.print("Nothing was changed.")
        return
      }
      const report = await keepAndRun(draft.kept, draft.plan, instance, context)
      if (json) context.out.json({ plan: await planOf(draft, instance), ...report })
      else printApplied(report, context)
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error
      context.out.note("Left; nothing was changed.")
      return 1
    }
  },
})

const planOf = async ({ plan }: Draft, { sections }: SecretsInstance) => {
  const { writePlan } = await import("../../secrets/plan.ts")
  return writePlan(plan, sections, new Date().toISOString())
}

/** A plan that goes into a file must find its secrets in place, so they are kept first. */
const writeDraft = async (
  file: string,
  draft: Draft,
  instance: SecretsInstance,
  context: Context,
) => {
  const [{ writeFileAtomic }, { keepSecrets, ownStore }] = await Promise.all([
    import("../../store/files.ts"),
    import("../../secrets/own-store.ts"),
  ])
  if (draft.kept.length) {
    keepSecrets(context.paths.state, draft.kept)
    context.out.note(`Kept ${draft.kept.length} in ${ownStore(context.paths.state)}`)
  }
  await runPlan(draft.plan, instance, context, { dryRun: true })
  writeFileAtomic(file, `${JSON.stringify(await planOf(draft, instance), null, 2)}\n`)
  context.out.note(
    `The plan is in ${file}; apply it with: ${fased(context, `secrets apply --from ${file}`)}`,
  )
}
