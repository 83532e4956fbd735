import { isTree, type Path } from "./path.ts"

/** The innermost settings in which two readings differ; a list counts as one setting. */
export const changesBetween = (before: unknown, after: unknown, path: Path = []): Path[] => {
  if (!isTree(before) || !isTree(after)) return Bun.deepEquals(before, after) ? [] : [path]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) => changesBetween(before[name], after[name], [...path, name]))
}
