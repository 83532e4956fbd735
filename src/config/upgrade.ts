import { Fault } from "../kernel/fault.ts"
import type { Edit } from "./edit.ts"
import { changeRefused, oldForms, unknownPath } from "./faults.ts"
import { modernise } from "./legacy.ts"
import type { Step } from "./legacy-move.ts"
import { formatPath, parsePath, type Path } from "./path.ts"
import type { ConfigState, Issue, Settings } from "./settings.ts"

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
  const kept: Path[] = []
  let reason: Fault | undefined
  for (const { from, edits: asked } of modernise(source ?? {}).steps) {
    const isAround = ({ path }: Edit) => kept.some((place) => startsWith(place, path))
    const step = asked.filter((edit) => "value" in edit || !isAround(edit))
    const fitted = await fit(step, { from: parsePath(from), before: edits, settings })
    if (fitted instanceof Fault) {
      kept.push(parsePath(from))
      reason ??= fitted
    } else edits.push(...fitted)
  }
  const { issues } = await settings.change(edits, { dryRun: true })
  const dropped = issues.filter(({ kind, file }) => kind === "unknown" && file === undefined)
  edits.push(...removals(dropped))
  if (!edits.length && reason) throw reason
  return edits
}

interface Fitting {
  from: Path
  before: readonly Edit[]
  settings: Settings
}

/** What of a step fased knows, and the rest of what it moves removed; or why its values fit nowhere. */
const fit = async (step: readonly Edit[], fitting: Fitting): Promise<readonly Edit[] | Fault> => {
  const { from, before, settings } = fitting
  try {
    await settings.change([...before, ...step], { dryRun: true })
    return step
  } catch (error) {
    if (unknownPath.is(error)) {
      const { path: unknown } = error.data
      const known = step.filter(({ path }) => formatPath(path) !== unknown)
      const isMoved = known.some((edit) => "value" in edit)
      return fit(isMoved ? known : [...known, { path: from }], fitting)
    }
    if (changeRefused.is(error) && error.data.issues.every(isWithoutPlace))
      return [...step, ...removals(error.data.issues)]
    if (error instanceof Fault) return error
    throw error
  }
}

const isWithoutPlace = ({ kind }: Issue) => kind === "unknown"

const removals = (issues: readonly Issue[]): Edit[] =>
  issues.map(({ path }) => ({ path: parsePath(path) }))

const startsWith = (path: Path, start: Path) =>
  formatPath(path.slice(0, start.length)) === formatPath(start)
