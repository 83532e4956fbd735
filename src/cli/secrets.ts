import type { Path } from "../config/path.ts"
import type { Settings } from "../config/settings.ts"
import type { Section } from "../kernel/section.ts"
import type { ApplyOptions, ApplyReport } from "../secrets/apply.ts"
import type { Plan } from "../secrets/plan.ts"
import { fased } from "./command.ts"
import type { Context } from "./command.ts"
import { runningHolder } from "./instance.ts"
import { printable } from "./printable.ts"
import { openSettings } from "./settings.ts"

/** What the commands that look after secrets work on. */
export interface SecretsInstance {
  settings: Settings
  sections: readonly Section[]
}

export const openSecrets = async (context: Context): Promise<SecretsInstance> => {
  const [settings, { sections }] = await Promise.all([
    openSettings(context),
    import("../registry/sections.ts"),
  ])
  return { settings, sections }
}

/** Keeps new secrets in fased's own file, then runs the plan that refers to them there. */
export const keepAndRun = async (
  kept: readonly { path: Path; value: string }[],
  plan: Plan,
  instance: SecretsInstance,
  context: Pick<Context, "paths">,
  options: ApplyOptions = {},
): Promise<ApplyReport> => {
  if (!kept.length) return runPlan(plan, instance, context, options)
  const [{ keepSecrets }, { refuseUseless }] = await Promise.all([
    import("../secrets/own-store.ts"),
    import("../gateway/lock-out.ts"),
  ])
  for (const { path, value } of kept) refuseUseless(path, value)
  const undo = keepSecrets(context.paths.state, kept)
  try {
    return await runPlan(plan, instance, context, options)
  } catch (error) {
    undo()
    throw error
  }
}

export const runPlan = async (
  plan: Plan,
  instance: SecretsInstance,
  { paths }: Pick<Context, "paths">,
  options: ApplyOptions = {},
): Promise<ApplyReport> => {
  const [{ applyPlan }, { writeFileAtomic }] = await Promise.all([
    import("../secrets/apply.ts"),
    import("../store/files.ts"),
  ])
  return applyPlan(plan, { ...instance, paths, write: writeFileAtomic }, options)
}

/** What a plan came to, or would come to. */
export const printApplied = (
  report: ApplyReport,
  context: Context,
  { isTold = false }: { isTold?: boolean } = {},
) => {
  const { out, paths } = context
  const { good, warn, accent, muted } = out.paint
  const isDry = report.mode === "dry-run"
  if (!report.changed) out.print("Everything the plan says is so already; nothing was changed.")
  else {
    out.print(isDry ? "Would change:" : good("Changed:"))
    for (const file of report.changedFiles) out.print(`  ${printable(file, 500)}`)
  }
  for (const warning of report.warnings) out.print(`${warn("!")} ${printable(warning, 1000)}`)
  if (isDry) out.print(muted("Nothing was written. Leave out --dry-run to do it."))
  else if (report.changed && !isTold && runningHolder(paths.state))
    out.print(
      `The running gateway takes it up by itself; see that it did: ${accent(fased(context, "status"))}`,
    )
}
