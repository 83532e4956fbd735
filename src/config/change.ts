import type { Clock } from "../kernel/clock.ts"
import type { Section } from "../kernel/section.ts"
import { type Edit, editText } from "./edit.ts"
import { cannotEdit, changeRefused, configInvalid, staleHash, unknownPath } from "./faults.ts"
import { judgeConfig, readConfig, type ReadOptions } from "./load.ts"
import { whileLocked } from "./lock.ts"
import { parse } from "./parse.ts"
import { formatPath, parsePath, type Path, valueAt, withValue } from "./path.ts"
import { formsAt, namesBelow, sectionSchema } from "./schema.ts"
import type { ConfigState, Settings, WriteOptions } from "./settings.ts"
import { suggest } from "./validate.ts"
import { writeConfig } from "./write.ts"

/** Changes to the config file, one after the other. */
export const createChanges = ({
  note,
  state,
  clock,
  ...options
}: ReadOptions & {
  /** The state folder, where backups are kept. */
  state: string
  clock: Clock
  /** Hears of what was written. */
  note: (state: ConfigState) => ConfigState
}): Pick<Settings, "change" | "replace" | "set" | "unset"> => {
  const { sections, path: file } = options

  const begin = async ({ baseHash }: WriteOptions) => {
    const before = await readConfig(options)
    if (baseHash !== undefined && baseHash !== before.hash) throw staleHash({ file })
    return before
  }

  const change = async (edits: readonly Edit[], write: WriteOptions) => {
    const before = await begin(write)
    if (!before.source) throw configInvalid(before)
    for (const edit of edits) if ("value" in edit) requireKnown(edit.path, sections)
    const text = await edited(before, edits)
    if (text === before.text) return note(before)
    const after = await judgeConfig(text, options)
    const known = new Set(before.issues.map(({ path }) => path))
    const fresh = after.issues.filter(({ path }) => !known.has(path))
    const issues = fresh.length ? fresh : after.issues
    if (fresh.length || (issues.length && issues.length >= before.issues.length))
      throw changeRefused({ paths: edits.map(({ path }) => formatPath(path)), file, issues })
    if (write.dryRun) return after
    writeConfig(before, text, { state, now: clock.now() })
    return note(after)
  }

  const replace = async (text: string, write: WriteOptions) => {
    const before = await begin(write)
    if (before.exists && text === before.text) return note(before)
    const after = await judgeConfig(text, options)
    if (!after.values) throw changeRefused({ paths: [], file, issues: after.issues })
    if (write.dryRun) return after
    writeConfig(before, text, { state, now: clock.now() })
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
  const changeInTurn = (edits: readonly Edit[], write: WriteOptions = {}) =>
    inTurn(write, () => change(edits, write))

  return {
    change: changeInTurn,
    replace: (text, write = {}) => inTurn(write, () => replace(text, write)),
    set: async (path, value) => changeInTurn([{ path: parsePath(path), value }]),
    unset: async (path) => changeInTurn([{ path: parsePath(path) }]),
  }
}

/** The file's new text, proven to differ from the old in nothing but these settings. */
const edited = async (before: ConfigState, edits: readonly Edit[]) => {
  let expected = before.source!
  const needed: Edit[] = []
  for (const edit of edits) {
    if (!("value" in edit) && valueAt(expected, edit.path) === undefined) continue
    expected = withValue(expected, edit.path, edit)
    needed.push(edit)
  }
  if (!needed.length) return before.text
  const failed = (reason: string, cause?: unknown) =>
    cannotEdit(
      {
        file: before.path,
        path: needed.map(({ path }) => formatPath(path)).join(", "),
        reason,
      },
      cause,
    )
  const text = await editText(before.text, before.format, needed).catch((error) => {
    throw failed("it uses a form that cannot be edited in place", error)
  })
  const after = await parse(text, before.format)
  if ("issue" in after || !Bun.deepEquals(after.value ?? {}, expected))
    throw failed("a name may be there twice")
  return text
}

const requireKnown = (path: Path, sections: readonly Section[]) => {
  if (path.length === 1 && path[0] === "$schema") return
  const section = sections.find(({ id }) => id === path[0])
  const known = (depth: number) =>
    section ? formsAt(sectionSchema(section), path.slice(1, depth)) : []
  for (let depth = 1; depth <= path.length; depth++) {
    if (known(depth).length) continue
    const names = depth === 1 ? sections.map(({ id }) => id) : namesBelow(known(depth - 1))
    const hint = suggest(path.slice(0, depth), names, sections)
    throw unknownPath({
      path: formatPath(path),
      hint: hint && hint[0]!.toUpperCase() + hint.slice(1),
    })
  }
}
