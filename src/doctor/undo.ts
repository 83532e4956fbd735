import { existsSync } from "node:fs"
import type { Paths } from "../config/paths.ts"
import { lockState } from "../store/lock.ts"
import { changedSince, copyGone, nothingToUndo } from "./faults.ts"
import { beginRun, type Changed, copyIn, listRuns, type Run } from "./history.ts"
import { isSame, lookAt, putBack } from "./keep.ts"

/**
 * Puts back what the last run changed, and is a run itself that can be taken back. What was changed
 * since by somebody else is left alone, unless `force` says that it may be lost.
 */
export const undoLast = async (
  { paths, now }: { paths: Pick<Paths, "state" | "database">; now: number },
  { force = false }: { force?: boolean } = {},
): Promise<{ undone: Run; run?: Run }> => {
  const { state, database } = paths
  const [undone] = listRuns(state)
  if (!undone) throw nothingToUndo({ state })
  const ofDatabase = undone.changed.some(({ path }) =>
    [database, ...journalOf(database)].includes(path),
  )
  const changed = ofDatabase ? withJournal(undone.changed, database) : undone.changed
  const touched = changed.map(({ path }) => path)
  // A gateway that runs has the database open; nobody may replace it then.
  const lock = ofDatabase ? lockState(state) : undefined
  try {
    const lies = lookAt(touched)
    const others = changed.filter(({ path, became }) => became && !isSame(became, lies.get(path)!))
    if (others.length && !force)
      throw changedSince({ paths: others.map(({ path }) => path), run: undone.name })
    const lost = changed.filter((one) => one.copy && !existsSync(copyIn(undone, one)))
    if (lost.length) throw copyGone({ paths: lost.map(({ path }) => path), folder: undone.folder })
    const run = beginRun({ state, now })
    run.undoes(undone.name)
    await run.keeping(`Took back: ${undone.did.join(" ")}`, touched, () =>
      putBack(changed, (one) => copyIn(undone, one)),
    )
    return { undone, run: run.end() }
  } finally {
    lock?.release()
  }
}

/** The journal of the database that goes must not be taken for one of the database that comes back. */
const withJournal = (changed: readonly Changed[], database: string): readonly Changed[] => {
  const nothing = { kind: "nothing" } as const
  const known = new Set(changed.map(({ path }) => path))
  const journal = journalOf(database).filter((path) => !known.has(path))
  return [...changed, ...journal.map((path) => ({ path, was: nothing, became: nothing }))]
}

const journalOf = (database: string) => [`${database}-wal`, `${database}-shm`]
