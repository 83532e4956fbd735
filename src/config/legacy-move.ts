import { formatPath, isTree, type Path, type Replacement, type Tree, valueAt } from "./path.ts"

/** One setting that is written as older versions had it, and how to write it now. */
export interface Step {
  from: string
  to: string
  edits: readonly Replacement[]
}

/** What an older version had (contract 05 §12). The list of them is only ever added to. */
export interface OldForm {
  /** As people know it. */
  name: string
  /** Finds it in a config; nothing when the config does not have it. */
  steps(config: Tree): Step[]
}

/** Moves what is at `from`: into its new places where nothing stands, and away from the old one. */
export const move = (config: Tree, from: Path, to: readonly Replacement[]): Step => ({
  from: formatPath(from),
  to: to.map(({ path }) => formatPath(path)).join(", "),
  edits: [...to.flatMap((place) => additions(config, place)), { path: from }],
})

/** What of `value` there is no setting for yet; an empty list is a setting like any other. */
const additions = (config: Tree, { path, value }: Replacement): Replacement[] => {
  const existing = valueAt(config, path)
  if (existing === undefined) return [{ path, value }]
  if (!isTree(existing) || !isTree(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    additions(config, { path: [...path, key], value: inner }),
  )
}
