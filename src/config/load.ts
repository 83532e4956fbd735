import { readFileSync } from "node:fs"
import { createHash } from "node:crypto"
import type { Section } from "../kernel/section.ts"
import type { Env } from "./paths.ts"
import { isTree, type Path, parsePath, type Tree, valueAt, withValue } from "./path.ts"
import { notFetched } from "./faults.ts"
import { parse } from "./parse.ts"
import { takeRefs } from "./secret-places.ts"
import type { ConfigState, Issue } from "./settings.ts"
import { substitute } from "./substitute.ts"
import { validateRoot, validateSection } from "./validate.ts"

export interface ReadOptions {
  path: string
  sections: readonly Section[]
  env: Env
}

/** Reads and judges the config file. A missing one is a good one: every setting has its default. */
export const readConfig = async (options: ReadOptions): Promise<ConfigState> => {
  const { text, issue } = readText(options.path)
  const state = await judgeConfig(text ?? "", options)
  return {
    ...state,
    exists: text !== undefined || issue !== undefined,
    ...(issue && failed(issue)),
  }
}

const failed = (issue: Issue) => ({
  source: null,
  composed: null,
  refs: [],
  values: undefined,
  issues: [issue],
})

export const readText = (path: string): { text?: string; issue?: Issue } => {
  try {
    return { text: readFileSync(path, "utf8").replace(/^\uFEFF/, "") }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ENOTDIR") return {}
    const reason = code === "EISDIR" ? "it is a folder" : message
    return { issue: { path: "", message: `the file cannot be read: ${reason}` } }
  }
}

export const formatOf = (path: string) => (/\.ya?ml$/i.test(path) ? "yaml" : "json5")

/** What a config file with this text would mean. */
export const judgeConfig = async (
  text: string,
  { path, sections, env }: ReadOptions,
): Promise<ConfigState> => {
  const format = formatOf(path)
  const hash = hashOf(text)
  const state = { path, exists: true, format, text, hash, files: [path] } as const
  const parsed = await parse(text, format)
  if ("issue" in parsed) return { ...state, ...failed(parsed.issue) }
  const source = parsed.value ?? {}
  if (!isTree(source))
    return {
      ...state,
      ...failed({ path: "", message: "the file must hold a group of settings: { … }" }),
    }
  const composed = source
  const substituted = substitute(composed, env)
  const { refs, value, issues: refIssues } = takeRefs(substituted.value, sections)
  const issues = [...substituted.issues, ...refIssues, ...validateRoot(value, sections)]
  const values = valuesOf({ composed, resolved: value, refs, sections }, issues)
  const judged = { ...state, source, composed, refs, issues }
  const whole = { ...judged, values: issues.length ? undefined : values }
  resolvedIn.set(whole, value)
  return whole
}

/** The settings of a reading with `${VAR}` replaced and something in the place of each reference. */
const resolvedIn = new WeakMap<ConfigState, Tree>()

export const hashOf = (text: string) => createHash("sha256").update(text).digest("hex")

interface Judged {
  composed: Tree
  resolved: Tree
  refs: ConfigState["refs"]
  sections: readonly Section[]
}

/** Each section's value; what is wrong is added to `issues`, unless its path has one already. */
const valuesOf = ({ composed, resolved, refs, sections }: Judged, issues: Issue[]) => {
  const explained = new Set([...issues, ...refs].map(({ path }) => path))
  const values: Tree = {}
  for (const section of sections) {
    const { [section.id]: settings } = resolved
    if (settings === undefined) provideDefaults(values, section)
    else if (isTree(settings)) {
      const both = { written: composed[section.id], resolved: settings }
      const { value, issues: found } = validateSection(section, both, sections)
      issues.push(...found.filter(({ path }) => !explained.has(path)))
      const [first] = refsOf(section, refs)
      if (first) refuseUntilFetched(values, section, first.path)
      else values[section.id] = value
    }
  }
  return values
}

const refsOf = ({ id }: Section, refs: ConfigState["refs"]) =>
  refs.filter(({ path }) => parsePath(path)[0] === id)

/** Most commands look at one or two sections: the defaults of the others are made when asked for. */
const provideDefaults = (values: Tree, section: Section) => {
  let made: unknown
  Object.defineProperty(values, section.id, {
    enumerable: true,
    get: () => (made ??= section.schema.parse({})),
  })
}

const refuseUntilFetched = (values: Tree, section: Section, path: string) =>
  Object.defineProperty(values, section.id, {
    enumerable: true,
    get: () => {
      throw notFetched({ path })
    },
  })

/** The same reading with these secrets, by path, in place. Sections that still lack one stay closed. */
export const withSecrets = (
  state: ConfigState,
  secrets: ReadonlyMap<string, string>,
  sections: readonly Section[],
): ConfigState => {
  const resolved = resolvedIn.get(state)
  if (!resolved || !state.values) return state
  const values = Object.defineProperties({}, Object.getOwnPropertyDescriptors(state.values)) as Tree
  const issues: Issue[] = []
  for (const section of sections) {
    const refs = refsOf(section, state.refs)
    if (!refs.length || !refs.every(({ path }) => secrets.has(path))) continue
    const filled = refs.reduce<Tree>(
      (tree, { path }) => withValue(tree, parsePath(path), { value: secrets.get(path) }),
      { [section.id]: resolved[section.id] },
    )
    const both = { written: state.composed![section.id], resolved: filled[section.id] }
    const { value, issues: found } = validateSection(section, both, sections)
    issues.push(...found)
    Object.defineProperty(values, section.id, { enumerable: true, value })
  }
  const active = { ...state, issues, values: issues.length ? undefined : values }
  resolvedIn.set(active, resolved)
  return active
}

/** The settings with their defaults and with references as they stand: for showing, never for use. */
export const shownSettings = (state: ConfigState, sections: readonly Section[]): Tree => {
  const resolved = resolvedIn.get(state)
  const shown: Tree = {}
  for (const section of sections) {
    const refs = refsOf(section, state.refs)
    const read = () => {
      if (!refs.length) return state.values?.[section.id]
      const parsed: Tree = { [section.id]: section.schema.parse(resolved?.[section.id] ?? {}) }
      return refs.reduce(
        (tree, { path, ref }) => putBack(tree, parsePath(path), { ...ref }),
        parsed,
      )[section.id]
    }
    Object.defineProperty(shown, section.id, { enumerable: true, get: read })
  }
  return shown
}

const putBack = (tree: Tree, path: Path, value: unknown) =>
  valueAt(tree, path) === undefined ? tree : withValue(tree, path, { value })
