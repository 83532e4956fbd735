import { realpathSync } from "node:fs"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { describeValue } from "./describe.ts"
import { locate, parseQuickly } from "./parse.ts"
import { formatPath, isForbiddenKey, isTree, type Path, type Segment, type Tree } from "./path.ts"
import { formatOf, readText } from "./read-text.ts"
import type { Issue } from "./settings.ts"

/** Files nested deeper than this are a mistake. */
const deepestFile = 10
const deepestGroup = 100
/** More than any config has; a few lines of YAML aliases can stand for billions of settings. */
const mostValues = 500_000
/** Reading a file counts as this many values, so that files cannot multiply either. */
const fileCost = 500

export interface Composed {
  value: Tree
  /** The config file first, then those it includes in reading order, found or not. */
  files: string[]
  issues: Issue[]
  /** Says where the mistakes are of included files that cannot be parsed. */
  locateMistakes(): Promise<Issue[]>
  /** The included file that a setting comes from; undefined for the config file itself. */
  fileOf(path: Path): string | undefined
}

/** A file being read, and the files that led to it. */
interface Reading {
  file: string
  chain: readonly string[]
}

/** What one file says at one place; a later one counts for more. */
interface Contribution {
  file: string
  at: Path
  value: unknown
}

/**
 * The config file's settings with every `$include` replaced by what those files say (contract 05 §1):
 * one file or several, later ones win, and settings beside `$include` win over them all. Included
 * files must lie below the config file's folder. Names with a meaning in JavaScript are refused.
 */
export const compose = (source: Tree, path: string): Composed => {
  const root = resolve(path)
  const files = [path]
  const issues: Issue[] = []
  const contributions: Contribution[] = []
  const mistakes: (() => Promise<Issue>)[] = []
  let values = 0

  const report = (at: Path, { file, chain }: Reading, message: string, hint?: string) => {
    issues.push({
      path: formatPath(at),
      message: message + via(chain),
      ...(hint && { hint }),
      ...(file !== root && { file }),
    })
    return undefined
  }

  const visit = (value: unknown, at: Path, reading: Reading): unknown => {
    if (++values > mostValues) return undefined
    if (typeof value !== "object" || value === null) return value
    if (at.length > deepestGroup) return report(at, reading, "is nested too deeply")
    if (Array.isArray(value)) {
      const list: unknown[] = []
      for (const [index, entry] of value.entries())
        list.push(isPlain(entry) ? count(entry) : visit(entry, [...at, index], reading))
      return list
    }
    const included = include(value as Tree, at, reading)
    const own: Tree = {}
    for (const [key, inner] of Object.entries(value)) {
      if (key === "$include") continue
      const here = [...at, key]
      if (isForbiddenKey(key)) report(here, reading, "is not allowed as a name")
      else {
        const kept = isPlain(inner) ? count(inner) : visit(inner, here, reading)
        if (kept !== undefined) own[key] = kept
      }
    }
    if (!included) return own
    contributions.push({ file: reading.file, at, value: own })
    return Object.keys(own).length || !included.found
      ? merge(included.value ?? {}, own)
      : included.value
  }
  const count = (value: unknown) => (++values > mostValues ? undefined : value)

  /** What the files say that a group includes; nothing when it includes none. */
  const include = (group: Tree, at: Path, reading: Reading) => {
    if (!Object.hasOwn(group, "$include")) return undefined
    const { $include: named, ...beside } = group
    const names = Array.isArray(named) ? named : [named]
    let whole: { found: boolean; value?: unknown } = { found: false }
    if (!names.length || !names.every((name) => typeof name === "string" && name.trim())) {
      const seen = Array.isArray(named) ? "what stands in that list" : describeValue(named, false)
      report(
        [...at, "$include"],
        reading,
        `must be a file name or a list of file names, not ${seen}`,
      )
      return whole
    }
    const isAlone = names.length === 1 && !Object.keys(beside).length
    for (const name of names) {
      const found = readIncluded(name, at, reading)
      if (!found) continue
      if (!isAlone && !isTree(found.value))
        report(
          [...at, "$include"],
          reading,
          `names ${name}, which holds ${describeValue(found.value, true)}: only a group of settings can be merged with others`,
        )
      else whole = { found: true, value: merge(whole.value, found.value) }
    }
    return whole
  }

  const readIncluded = (name: string, at: Path, reading: Reading) => {
    const refuse = (message: string, hint?: string) =>
      report([...at, "$include"], reading, `names ${name}, ${message}`, hint)
    const file = resolve(dirname(reading.file), name)
    if (name.includes("\0") || !isInside(file, root))
      return refuse("which is outside the config file's folder", "move it there, or below it")
    if (!files.includes(file)) files.push(file)
    const real = realPathOf(file)
    if (real && !isInside(real, join(realPathOf(dirname(root)) ?? dirname(root), basename(root))))
      return refuse("a link that leads outside the config file's folder", "put a copy there")
    const cycle = [...reading.chain, file]
    if (reading.chain.some((open) => (realPathOf(open) ?? open) === (real ?? file)))
      return report(
        [...at, "$include"],
        { ...reading, chain: [] },
        `names ${name}, and so includes itself: ${cycle.map(shortName).join(" → ")}`,
      )
    if (reading.chain.length > deepestFile)
      return refuse(`the ${deepestFile + 1}th file in a chain; ${deepestFile} are allowed`)
    const { text, issue } = readText(real ?? file)
    if (issue) return refuse(`but ${issue.message}`)
    if (text === undefined) return refuse("which does not exist")
    values += fileCost + text.length / 32
    if (values > mostValues) return undefined
    const format = formatOf(file)
    const parsed = parseQuickly(text, format)
    const inner = { file, chain: cycle }
    if ("problem" in parsed) {
      mistakes.push(async () => {
        const issue = await locate(text, format, parsed.problem)
        return { ...issue, file, message: issue.message + via(cycle) }
      })
      return undefined
    }
    contributions.push({ file, at, value: parsed.value })
    return { value: visit(parsed.value, at, inner) }
  }
  const shortName = (file: string) => relative(dirname(root), file)
  /** Which files led here, where it is not plain from the file that is named. */
  const via = (chain: readonly string[]) =>
    chain.length > 2 ? ` (${chain.map(shortName).join(" → ")})` : ""

  const value = visit(source, [], { file: root, chain: [root] })
  if (values > mostValues)
    issues.push({
      path: "",
      message: `it says more than ${mostValues.toLocaleString("en")} things in all`,
      hint: "look for YAML aliases or includes that repeat each other",
    })
  else if (value !== undefined && !isTree(value))
    issues.push({
      path: "$include",
      message: "must name a file that holds a group of settings: { … }",
    })
  return {
    value: isTree(value) ? value : {},
    files,
    issues,
    locateMistakes: () => Promise.all(mistakes.map((locateOne) => locateOne())),
    fileOf: (path) => {
      const file = contributorOf(path, contributions)
      return file === root ? undefined : file
    },
  }
}

const isPlain = (value: unknown) => typeof value !== "object" || value === null

/** A group takes over the settings of another one by one; anything else takes the place of what was there. */
const merge = (below: unknown, above: unknown): unknown => {
  if (!isTree(below) || !isTree(above)) return above
  const merged = { ...below }
  for (const [key, value] of Object.entries(above))
    merged[key] = Object.hasOwn(below, key) ? merge(below[key], value) : value
  return merged
}

const isInside = (file: string, config: string) => {
  const way = relative(dirname(config), file)
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const realPathOf = (file: string) => {
  try {
    return realpathSync(file)
  } catch {
    return undefined
  }
}

/** The last file that says something of this setting, or of the nearest one around it. */
const contributorOf = (path: Path, contributions: readonly Contribution[]) => {
  for (let length = path.length; length >= 0; length--) {
    const found = contributions.findLast(({ at, value }) => {
      const rest = path.slice(at.length, length)
      return length >= at.length && startsWith(path, at) && holds(value, rest)
    })
    if (found) return found.file
  }
  return undefined
}

const startsWith = (path: Path, start: Path) =>
  start.every((segment, depth) => String(path[depth]) === String(segment))

const holds = (value: unknown, path: readonly Segment[]): boolean => {
  const [first, ...rest] = path
  if (first === undefined) return true
  return typeof value === "object" && value !== null && Object.hasOwn(value, first)
    ? holds((value as Tree)[first], rest)
    : false
}
