import type { Clock } from "../kernel/clock.ts"
import { type Edit, editText } from "./edit.ts"
import { alreadyInvalid, cannotEdit, changeRefused, configInvalid, staleHash } from "./faults.ts"
import { changedLeaves } from "./leaves.ts"
import { judgeConfig, readConfig, type ReadOptions } from "./load.ts"
import { whileLocked } from "./lock.ts"
import { parse } from "./parse.ts"
import { formatPath, isTree, parsePath, withValue } from "./path.ts"
import { type Parsed, placeEdits, requireInForce } from "./place-edits.ts"
import { reconcile } from "./reconcile.ts"
import type { ConfigState, Edits, Issue, Settings, WriteOptions } from "./settings.ts"
import { writeConfig } from "./write.ts"

/** Changes to the config file, one after the other. */
export const createChanges = ({
  note,
  guard,
  state,
  clock,
  ...options
}: ReadOptions & {
  /** The state folder, where backups are kept. */
  state: string
  clock: Clock
  /** Hears of what was written. */
  note: (state: ConfigState) => ConfigState
  /** Throws when a reading is not to be written. */
  guard: (next: ConfigState) => Promise<void> | void
}): Pick<Settings, "change" | "replace" | "set" | "unset"> => {
  const { sections, env, path: file } = options

  const begin = async ({ baseHash }: WriteOptions) => {
    const before = await readConfig(options)
    if (baseHash !== undefined && baseHash !== before.hash) throw staleHash({ file })
    return before
  }

  const change = async (edits: Edits, write: WriteOptions) => {
    const before = await begin(write)
    if (!isParsed(before)) throw configInvalid(before)
    const asked = typeof edits === "function" ? edits(before) : edits
    const placed = placeEdits(asked, before, { sections, env, afar: write.afar })
    if (!placed.length) return note(before)
    const text = await edited(before, placed)
    const after = await judgeConfig(text, options)
    const known = new Set(before.issues.map(({ path }) => path))
    const fresh = after.issues.filter(({ path }) => !known.has(path))
    const paths = asked.map(({ path }) => formatPath(path))
    if (fresh.length) throw changeRefused({ paths, file, issues: fresh })
    const { issues } = after
    if (issues.length && issues.length >= before.issues.length)
      throw issues.some((issue) => paths.some((path) => isAbout(issue, path)))
        ? changeRefused({ paths, file, issues })
        : alreadyInvalid(after)
    requireInForce(placed, after)
    return finish(before, after, write)
  }

  const replace = async (text: string, write: WriteOptions) => {
    const before = await begin(write)
    if (before.exists && text === before.text) return note(before)
    const after = await judgeConfig(await meant(text, before, write), options)
    if (!after.values) throw changeRefused({ paths: [], file, issues: after.issues })
    return finish(before, after, write)
  }

  /** The text with every placeholder of a hidden secret replaced by that secret. */
  const meant = async (text: string, before: ConfigState, { afar }: WriteOptions) => {
    const parsed = await parse(text, before.format)
    if (!("value" in parsed) || !isTree(parsed.value)) return text
    const stored = { source: before.source ?? {}, composed: before.composed ?? {} }
    const whole = reconcile(parsed.value, [], stored, { sections, env, afar })
    const edits = changedLeaves(parsed.value, whole)
    return edits.length ? edited({ ...before, text, source: parsed.value }, edits) : text
  }

  const finish = async (before: ConfigState, after: ConfigState, { dryRun }: WriteOptions) => {
    await guard(after)
    if (dryRun) return after
    writeConfig(before, after.text, { state, now: clock.now() })
    return note(after)
  }

  let last: Promise<unknown> = Promise.resolve()
  /** One after the other here, and while no other process is at it. */
  const inTurn = ({ dryRun }: WriteOptions, work: () => Promise<ConfigState>) => {
    const locked = dryRun ? work : () => whileLocked(file, work)
    const turn = last.then(locked, locked)
    last = turn
    return turn
  }
  const changeInTurn = (edits: Edits, write: WriteOptions = {}) =>
    inTurn(write, () => change(edits, write))

  return {
    change: changeInTurn,
    replace: (text, write = {}) => inTurn(write, () => replace(text, write)),
    set: async (path, value) => changeInTurn([{ path: parsePath(path), value }]),
    unset: async (path) => changeInTurn([{ path: parsePath(path) }]),
  }
}

/** In what was changed, or around it. */
const isAbout = ({ path: issue }: Issue, path: string) =>
  issue.startsWith(path) || path.startsWith(issue)

const isParsed = (state: ConfigState): state is Parsed =>
  state.source !== null && state.composed !== null

/** The file's new text, proven to differ from the old in nothing but these settings. */
const edited = async (
  { text, source, path: file, format }: Pick<Parsed, "text" | "source" | "path" | "format">,
  edits: readonly Edit[],
) => {
  const expected = edits.reduce(
    (tree, { path, ...change }) => withValue(tree, path, change),
    source,
  )
  const failed = (reason: string, cause?: unknown) =>
    cannotEdit({ file, path: edits.map(({ path }) => formatPath(path)).join(", "), reason }, cause)
  const changed = await editText(text, format, edits).catch((error) => {
    throw failed("it uses a form that cannot be edited in place", error)
  })
  const after = await parse(changed, format)
  if ("issue" in after || !Bun.deepEquals(after.value ?? {}, expected))
    throw failed("a name may be there twice")
  return changed
}
