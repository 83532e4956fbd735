import { createHash } from "node:crypto"
import type { z } from "zod"
import type { Section, SectionShape } from "../kernel/section.ts"
import { environmentFor, extended, variablesIn } from "./environment.ts"
import { notFetched } from "./faults.ts"
import { compose } from "./include.ts"
import { findOldForms } from "./legacy.ts"
import type { AskShell } from "./login-shell.ts"
import { parse } from "./parse.ts"
import type { Env } from "./paths.ts"
import { isTree, type Path, parsePath, type Replacement, type Tree } from "./path.ts"
import { once } from "./once.ts"
import { valueAt, withValues } from "./path.ts"
import { formatOf, readText } from "./read-text.ts"
import { formsAt, isList, sectionSchema } from "./schema.ts"
import { takeRefs } from "./secret-places.ts"
import type { ConfigState, Issue } from "./settings.ts"
import { substitute } from "./substitute.ts"
import { validateRoot, validateSection } from "./validate.ts"

export interface ReadOptions {
  path: string
  sections: readonly Section[]
  env: Env
  /** Without it the login shell is asked for nothing. */
  askShell?: AskShell
}

/** Reads and judges the config file. A missing one is a good one: every setting has its default. */
export const readConfig = async (options: ReadOptions): Promise<ConfigState> => {
  const { text, issue } = readText(options.path)
  const state = await judgeConfig(text ?? "", options)
  if (issue) return { ...state, ...failed(issue) }
  return text === undefined ? Object.assign(state, { exists: false }) : state
}

const failed = (...issues: Issue[]) => ({
  source: null,
  composed: null,
  refs: [],
  values: undefined,
  warnings: [],
  issues,
})

/** What a config file with this text would mean. */
export const judgeConfig = async (text: string, options: ReadOptions): Promise<ConfigState> => {
  const { path, sections, env } = options
  const format = formatOf(path)
  const state = { path, exists: true, format, text, hash: hashOf(text), files: [path], env }
  const parsed = await parse(text, format)
  if ("issue" in parsed) return { ...state, ...failed(parsed.issue) }
  const isBlank = parsed.value === null && format === "yaml" // comments only
  const source = isBlank ? {} : parsed.value
  if (!isTree(source))
    return {
      ...state,
      ...failed({ path: "", message: "the file must hold a group of settings: { … }" }),
    }
  const { value: composed, files, issues, fileOf, locateMistakes } = compose(source, path)
  issues.push(...(await locateMistakes()))
  const around = await environmentFor(composed, options)
  const { env: _, ...others } = composed
  const substituted = substitute(others, around.env, guardsGateway(sections))
  const resolved = { ...substituted.value, ...around.block }
  const { refs, value, issues: refIssues } = takeRefs(resolved, sections)
  issues.push(...around.issues, ...substituted.issues, ...refIssues)
  issues.push(...validateRoot(value, sections))
  const values = valuesOf({ composed, resolved: value, refs, sections }, issues)
  const explained = explainOldForms(issues, findOldForms(composed))
  const whole: ConfigState = {
    ...state,
    source,
    composed,
    files,
    refs,
    issues: files.length > 1 ? explained.map((issue) => located(issue, fileOf)) : explained,
    values: explained.length ? undefined : values,
    warnings: around.warnings,
    env: around.env,
  }
  resolvedIn.set(whole, value)
  return whole
}

/** The places that may hold the secrets which guard this gateway. */
const guardsGateway = (sections: readonly Section[]) => (path: Path) => {
  const section = sections.find(({ id }) => id === "gateway" && id === path[0])
  return !!section && formsAt(sectionSchema(section), path.slice(1)).some(({ secret }) => secret)
}

/** What older versions had is told as that, and not as the unknown setting it is by now. */
const explainOldForms = (issues: Issue[], old: readonly Issue[]) => {
  if (!old.length) return issues
  const isOld = ({ path }: Issue) =>
    old.some(
      (form) =>
        path === form.path || form.path.startsWith(`${path}.`) || path.startsWith(`${form.path}.`),
    )
  return [...old, ...issues.filter((issue) => issue.kind !== "unknown" || !isOld(issue))]
}

/** With the included file that it is about. */
const located = (issue: Issue, fileOf: (path: Path) => string | undefined): Issue => {
  if (issue.file || !issue.path || issue.path.endsWith("$include")) return issue
  const file = fileOf(parsePath(issue.path))
  return file ? { ...issue, file } : issue
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
  const explained = new Set(issues.map(({ path }) => path))
  const values: Tree = {}
  for (const section of sections) {
    const { [section.id]: settings } = resolved
    if (settings === undefined) provideDefaults(values, section)
    else if (isTree(settings) || (isList(section) && Array.isArray(settings))) {
      const both = { written: composed[section.id], resolved: settings }
      const { value, issues: found } = validateSection(section, both, sections)
      issues.push(...found.filter(({ path }) => !explained.has(path)))
      const [first] = refsOf(section.id, refs)
      if (first) refuseUntilFetched(values, section, first.path)
      else values[section.id] = value
    }
  }
  return values
}

const refsOf = (id: string, refs: ConfigState["refs"]) =>
  refs.filter(({ path }) => parsePath(path)[0] === id)

/** What a file says of a section that it does not mention. */
const silent = (section: Section) => (isList(section) ? [] : {})

/** Most commands look at one or two sections: the defaults of the others are made when asked for. */
const provideDefaults = (values: Tree, section: Section) => {
  let made: unknown
  Object.defineProperty(values, section.id, {
    enumerable: true,
    get: () =>
      (made ??= section.defaults
        ? structuredClone(section.defaults)
        : section.schema.parse(silent(section), once)),
  })
}

const refuseUntilFetched = (values: Tree, section: Section, path: string) =>
  Object.defineProperty(values, section.id, {
    configurable: true,
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
    const refs = refsOf(section.id, state.refs)
    if (!refs.length || !refs.every(({ path }) => secrets.has(path))) continue
    const filled = withValues(
      { [section.id]: resolved[section.id] },
      refs.map(({ path }) => ({ path: parsePath(path), value: secrets.get(path) })),
    )
    const both = { written: state.composed![section.id], resolved: filled[section.id] }
    const { value, issues: found } = validateSection(section, both, sections)
    issues.push(...found)
    Object.defineProperty(values, section.id, { enumerable: true, value })
  }
  const isOpen = refsOf("env", state.refs).every(({ path }) => secrets.has(path))
  const env = isOpen ? extended(state.env, variablesIn(values.env)) : state.env
  const active = { ...state, issues, env, values: issues.length ? undefined : values }
  resolvedIn.set(active, resolved)
  return active
}

/** A section with something else in the place of each reference: for judging it, never for use. */
export const judgedSection = <S extends SectionShape>(
  state: ConfigState,
  section: Section<S>,
): z.infer<S> =>
  section.schema.parse(resolvedIn.get(state)?.[section.id] ?? silent(section), once) as z.infer<S>

/** The settings with their defaults and with references as they stand: for showing, never for use. */
export const shownSettings = (state: ConfigState, sections: readonly Section[]): Tree => {
  const resolved = resolvedIn.get(state)
  const shown: Tree = {}
  for (const section of sections) {
    const refs = refsOf(section.id, state.refs)
    const read = () => {
      if (!refs.length) return state.values?.[section.id]
      const parsed: Tree = {
        [section.id]: section.schema.parse(resolved?.[section.id] ?? silent(section), once),
      }
      const back = refs.flatMap(({ path, ref }): Replacement[] => {
        const place = parsePath(path)
        return valueAt(parsed, place) === undefined ? [] : [{ path: place, value: { ...ref } }]
      })
      return withValues(parsed, back)[section.id]
    }
    Object.defineProperty(shown, section.id, { enumerable: true, get: read })
  }
  return shown
}
