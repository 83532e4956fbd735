import { Fault } from "../kernel/fault.ts"
import { oldForms } from "./legacy-forms.ts"
import type { OldForm, Step } from "./legacy-move.ts"
import { isTree, parsePath, type Path, type Replacement } from "./path.ts"
import { type Tree, valueAt, withValues } from "./path.ts"
import type { Issue } from "./settings.ts"

/** A config as it is written today, and what was done to it. Nothing that is set is overridden. */
export const modernise = (config: Tree): { config: Tree; steps: Step[]; edits: Replacement[] } => {
  const done: Step[] = []
  const edits: Replacement[] = []
  for (const form of oldForms)
    for (const step of stepsOf(form, config)) {
      const moved = withValues(config, step.edits)
      const whole = { ...step, edits: [...step.edits, ...emptiedBy(step, moved)] }
      config = withValues(config, whole.edits)
      done.push(whole)
      edits.push(...whole.edits)
    }
  return { config, steps: done, edits }
}

/** Old settings, as issues; the config cannot be used before they are moved. */
export const findOldForms = (config: Tree): Issue[] =>
  oldForms.some((form) => stepsOf(form, config).length)
    ? modernise(config).steps.map(({ from, to }) => ({
        path: from,
        message: `is how older versions wrote ${to}`,
        hint: "fased doctor --fix rewrites it",
        kind: "legacy",
      }))
    : []

/** A form whose new place is taken by something else is left to the person. */
const stepsOf = (form: OldForm, config: Tree) => {
  try {
    const steps = form.steps(config)
    for (const { edits } of steps) withValues(config, edits)
    return steps
  } catch (error) {
    if (error instanceof Fault) return []
    throw error
  }
}

/** The groups around a setting that hold nothing any more now that it is gone. */
const emptiedBy = ({ from }: Step, config: Tree): Replacement[] => {
  const emptied: Replacement[] = []
  let path: Path = parsePath(from).slice(0, -1)
  while (path.length && isEmpty(valueAt(withValues(config, emptied), path))) {
    emptied.push({ path })
    path = path.slice(0, -1)
  }
  return emptied
}

const isEmpty = (value: unknown) => isTree(value) && !Object.keys(value).length
