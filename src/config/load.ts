import { readFileSync } from "node:fs"
import { createHash } from "node:crypto"
import type { Section } from "../kernel/section.ts"
import type { Env } from "./paths.ts"
import { isTree, type Tree } from "./path.ts"
import type { ConfigState, Issue } from "./settings.ts"
import { parse } from "./parse.ts"
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

const failed = (issue: Issue) => ({ source: null, values: undefined, issues: [issue] })

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
  const state = { path, exists: true, format, text, hash } as const
  const parsed = await parse(text, format)
  if ("issue" in parsed) return { ...state, ...failed(parsed.issue) }
  const source = parsed.value ?? {}
  if (!isTree(source))
    return {
      ...state,
      ...failed({ path: "", message: "the file must hold a group of settings: { … }" }),
    }
  const resolved = substitute(source, env)
  const issues = [...resolved.issues, ...validateRoot(resolved.value, sections)]
  const values = valuesOf(source, resolved.value, sections, issues)
  return { ...state, source, values: issues.length ? undefined : values, issues }
}

export const hashOf = (text: string) => createHash("sha256").update(text).digest("hex")

/** Each section's value; what is wrong is added to `issues`, unless its path has one already. */
const valuesOf = (source: Tree, resolved: Tree, sections: readonly Section[], issues: Issue[]) => {
  const explained = new Set(issues.map(({ path }) => path))
  const values: Tree = {}
  for (const section of sections) {
    const { [section.id]: settings } = resolved
    if (settings === undefined) provideDefaults(values, section)
    else if (isTree(settings)) {
      const both = { written: source[section.id], resolved: settings }
      const { value, issues: found } = validateSection(section, both, sections)
      issues.push(...found.filter(({ path }) => !explained.has(path)))
      values[section.id] = value
    }
  }
  return values
}

/** Most commands look at one or two sections: the defaults of the others are made when asked for. */
const provideDefaults = (values: Tree, section: Section) => {
  let made: unknown
  Object.defineProperty(values, section.id, {
    enumerable: true,
    get: () => (made ??= section.schema.parse({})),
  })
}
