import { Fault } from "../kernel/fault.ts"
import type { Edit } from "./edit.ts"
import { changeRefused, oldForms } from "./faults.ts"
import { modernise } from "./legacy.ts"
import type { Step } from "./legacy-move.ts"
import { parsePath } from "./path.ts"
import type { ConfigState, Settings } from "./settings.ts"

const hasOldForms = ({ issues, source }: ConfigState) =>
  source !== null && issues.some(({ kind }) => kind === "legacy")

/**
 * Rewrites what older versions wrote as it is written today, and gives what was rewritten. When the
 * file would still not be a good one, it throws, and nothing is written.
 */
export const upgradeConfig = async (settings: Settings): Promise<readonly Step[]> => {
  const before = await settings.read()
  if (!hasOldForms(before)) return []
  const { steps, edits } = modernise(before.source!)
  const { path: file, hash: baseHash } = before
  try {
    const { issues, values } = await settings.change(edits, { baseHash, dryRun: true })
    if (!values) throw changeRefused({ paths: [], file, issues })
    await settings.change(edits, { baseHash })
    return steps
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { message, hint } = error
    const old = before.issues.filter(({ kind }) => kind === "legacy")
    throw oldForms({ file, old, problem: [message, hint].filter(Boolean).join(" ") }, error)
  }
}

/** Rewrites what can be rewritten and drops what fased does not know, whatever else is wrong. */
export const mendConfig = async (settings: Settings) =>
  void (await settings.change(await planMending(settings)))

/** What mending would change. Throws what keeps it from changing anything. */
export const planMending = async (settings: Settings): Promise<readonly Edit[]> => {
  const { source } = await settings.read()
  const edits: Edit[] = []
  let reason: Fault | undefined
  for (const step of modernise(source ?? {}).steps)
    try {
      await settings.change([...edits, ...step.edits], { dryRun: true })
      edits.push(...step.edits)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      reason ??= error
    }
  const { issues } = await settings.change(edits, { dryRun: true })
  const dropped = issues.filter(({ kind, file }) => kind === "unknown" && file === undefined)
  edits.push(...dropped.map(({ path }) => ({ path: parsePath(path) })))
  if (!edits.length && reason) throw reason
  return edits
}
