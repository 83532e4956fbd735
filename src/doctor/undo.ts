import { changedSince, nothingToUndo } from "./faults.ts"
import { beginRun, listRuns, readCopy, type Run } from "./history.ts"
import { isSame, lookAt, putBack } from "./keep.ts"

/**
 * Puts back what the last run changed, and is a run itself that can be taken back. What was changed
 * since by somebody else is left alone, unless `force` says that it may be lost.
 */
export const undoLast = async (
  { state, now }: { state: string; now: number },
  { force = false }: { force?: boolean } = {},
): Promise<{ undone: Run; run?: Run }> => {
  const [undone] = listRuns(state)
  if (!undone) throw nothingToUndo({ state })
  const paths = undone.changed.map(({ path }) => path)
  const lies = lookAt(paths)
  const touchedSince = undone.changed.filter(
    ({ path, became }) => became && !isSame(became, lies.get(path)!),
  )
  if (touchedSince.length && !force)
    throw changedSince({ paths: touchedSince.map(({ path }) => path), run: undone.name })
  const run = beginRun({ state, now })
  run.undoes(undone.name)
  await run.keeping(`Took back: ${undone.did.join(" ")}`, paths, () =>
    putBack(undone.changed, (path) => readCopy(undone, path)),
  )
  return { undone, run: run.end() }
}
