import type { Section } from "../kernel/section.ts"
import { editText } from "./edit.ts"
import { cannotEdit, changeRefused, configInvalid, unknownPath } from "./faults.ts"
import { judgeConfig, readConfig, type ReadOptions } from "./load.ts"
import { parse } from "./parse.ts"
import { formatPath, parsePath, type Path, valueAt, withValue } from "./path.ts"
import { formsAt, namesBelow, sectionSchema } from "./schema.ts"
import type { ConfigState, Settings } from "./settings.ts"
import { suggest } from "./validate.ts"
import { writeConfig } from "./write.ts"

/** Changes to the config file, one after the other. */
export const createChanges = ({
  note,
  ...options
}: ReadOptions & {
  /** Hears of what was written. */
  note: (state: ConfigState) => ConfigState
}): Pick<Settings, "set" | "unset"> => {
  const { sections } = options

  const change = async (pathText: string, edit: { value?: unknown }) => {
    const path = parsePath(pathText)
    const before = await readConfig(options)
    if (!before.source) throw configInvalid(before)
    if ("value" in edit) requireKnown(path, sections)
    else if (valueAt(before.source, path) === undefined) return note(before)
    const after = await judgeConfig(await edited(before, path, edit), options)
    const known = new Set(before.issues.map(({ path }) => path))
    const fresh = after.issues.filter(({ path }) => !known.has(path))
    const refused = fresh.length ? fresh : after.issues
    if (fresh.length || (refused.length && refused.length >= before.issues.length))
      throw changeRefused({ path: pathText, file: options.path, issues: refused })
    writeConfig(before, after.text)
    return note(after)
  }

  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<ConfigState>) => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }

  return {
    set: (path, value) => inTurn(() => change(path, { value })),
    unset: (path) => inTurn(() => change(path, {})),
  }
}

/** The file's new text, proven to differ from the old in nothing but this setting. */
const edited = async (before: ConfigState, path: Path, change: { value?: unknown }) => {
  const named = formatPath(path)
  const expected = withValue(before.source!, path, change)
  const failed = (reason: string, cause?: unknown) =>
    cannotEdit({ file: before.path, path: named, reason }, cause)
  const text = await editText(before.text, before.format, { path, ...change }).catch((error) => {
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
