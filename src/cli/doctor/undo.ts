import { dirname } from "node:path"
import { listRuns, type Run } from "../../doctor/history.ts"
import { undoLast } from "../../doctor/undo.ts"
import { systemClock } from "../../kernel/clock.ts"
import { type Context, fased } from "../command.ts"
import { printable } from "../printable.ts"

/** `fased doctor --undo`, and what there is to undo. */
export const runUndo = async (
  { list, force, json }: { list?: boolean; force?: boolean; json?: boolean },
  context: Context,
) => {
  const { out, paths } = context
  if (list) {
    const runs = listRuns(paths.state)
    if (json) out.json({ runs: runs.map(shown) })
    else for (const line of described(runs, context)) out.print(line)
    return 0
  }
  const at = { paths, now: systemClock.now() }
  const { undone, run } = await undoLast(at, { force })
  if (json) {
    out.json({ ok: true, undone: shown(undone), backup: run?.folder })
    return 0
  }
  const { good, muted, accent } = out.paint
  out.print(`${good("✓")} Put back as it was before the run of ${time(undone)}:`)
  const changed = undone.changed.map(({ path }) => path)
  for (const path of changed.filter((one) => !changed.includes(dirname(one))))
    out.print(`    ${printable(path, 400)}`)
  out.print(muted(`  To take that back again: ${accent(fased(context, "doctor --undo"))}`))
  if (changed.some((path) => path.includes("/systemd/")))
    out.print("  systemd reads its files again with: systemctl --user daemon-reload")
  return 0
}

const shown = ({ name, folder, at, did, undid, changed }: Run) => ({
  name,
  folder,
  at,
  did,
  undid,
  paths: changed.map(({ path }) => path),
})

const time = ({ at }: Run) => new Date(at).toLocaleString("sv")

const described = (runs: readonly Run[], context: Context) =>
  runs.length
    ? [
        ...runs.flatMap((run, index) => [
          `${time(run)}${index === 0 ? "  (the last: fased doctor --undo puts it back)" : ""}`,
          ...run.did.map((did) => `    ${printable(did, 400)}`),
        ]),
        `Kept in ${printable(`${context.paths.state}/doctor`, 400)}`,
      ]
    : ["No run of the doctor has changed anything yet."]
