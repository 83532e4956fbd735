import { statSync } from "node:fs"
import type { z } from "zod"
import type { Section } from "../kernel/section.ts"
import type { Env, Paths } from "./paths.ts"
import { editText } from "./edit.ts"
import { cannotEdit, changeRefused, configInvalid, unknownPath } from "./faults.ts"
import { judgeConfig, readConfig } from "./load.ts"
import { formatPath, parsePath, type Path, valueAt, withValue } from "./path.ts"
import { formsAt, namesBelow, sectionSchema } from "./schema.ts"
import type { ConfigState, Settings } from "./settings.ts"
import { suggest } from "./validate.ts"
import { writeConfig } from "./write.ts"

/** Opens the config file of this instance. A bad one is no error here: `current().issues` tells. */
export const createSettings = async ({
  paths,
  env,
  sections,
}: {
  paths: Pick<Paths, "config">
  env: Env
  sections: readonly Section[]
}): Promise<Settings> => {
  const options = { path: paths.config, sections, env }
  let print = fingerprint(paths.config)
  let latest = await readConfig(options)
  let good = latest

  const adopt = (state: ConfigState) => {
    latest = state
    if (state.values || !good.values) good = state
    return state
  }

  const read = async () => {
    const now = fingerprint(paths.config)
    if (now === print) return latest
    const state = await readConfig(options)
    print = now
    return adopt(state)
  }

  const change = async (pathText: string, edit: { value?: unknown }) => {
    const path = parsePath(pathText)
    const before = await readConfig(options)
    if (!before.source) throw configInvalid(before)
    if ("value" in edit) requireKnown(path, sections)
    else if (valueAt(before.source, path) === undefined) return adopt(before)
    const after = await judgeConfig(await edited(before, path, edit), options)
    const known = new Set(before.issues.map(({ path }) => path))
    const fresh = after.issues.filter(({ path }) => !known.has(path))
    const refused = fresh.length ? fresh : after.issues
    if (fresh.length || (refused.length && refused.length >= before.issues.length))
      throw changeRefused({ path: pathText, file: paths.config, issues: refused })
    writeConfig(before, after.text)
    return adopt(after)
  }

  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<ConfigState>) => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }

  return {
    current: () => good,
    read,
    section<S extends z.ZodObject>(section: Section<S>): z.infer<S> {
      if (!good.values) throw configInvalid(good)
      return good.values[section.id] as z.infer<S>
    },
    set: (path, value) => inTurn(() => change(path, { value })),
    unset: (path) => inTurn(() => change(path, {})),
  }
}

/** Changes whenever the file does. */
const fingerprint = (path: string) => {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : "none"
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
  const { source } = await judgeConfig(text, { path: before.path, sections: [], env: {} })
  if (!Bun.deepEquals(source, expected)) throw failed("a name may be there twice")
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
