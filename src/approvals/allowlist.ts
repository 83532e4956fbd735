import { realpathSync } from "node:fs"
import { basename, dirname, isAbsolute, join } from "node:path"
import { expandTilde } from "../config/paths.ts"
import type { Step } from "./analyse.ts"

const isGlob = (pattern: string) => /[*?]/.test(pattern)

/** What is wrong with a pattern, which then allows nothing; undefined for a good one. */
export const patternProblem = (pattern: string, home: string): string | undefined => {
  if (!pattern.includes("/")) return "names no folder, so that any program of that name would do"
  if (!isAbsolute(expandTilde(pattern, home))) return "does not begin with / or ~/"
  if (pattern.split("/").some((part) => part === ".." || part === "."))
    return "goes through . or .."
  return undefined
}

/**
 * True when the pattern allows this program. A pattern without `*` or `?` is a program by its place,
 * wherever a link there leads; one with them is looked for in the place and in the file behind it.
 * It is no word for a program that runs others: such a one is named in full.
 */
export const matches = (pattern: string, step: Step, home: string): boolean => {
  if (patternProblem(pattern, home)) return false
  const path = expandTilde(pattern, home)
  const { program, kind, args } = step
  if (isGlob(path)) {
    const glob = toRegExp(path)
    return kind === "plain" && glob.test(program.location) && glob.test(program.file)
  }
  if (place(path).toLowerCase() !== program.location.toLowerCase()) return false
  // Without a file to run, it runs what its options or its input say.
  return kind !== "interpreter" || (!!args[0]?.literal && /^[^-]/.test(args[0].text))
}

/** The pattern that lets this very program run from now on; undefined for one that runs others. */
export const patternFor = ({ program, kind }: Step) =>
  kind === "plain" && !isGlob(program.location) ? program.location : undefined

const place = (path: string) => {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    return path
  }
}

const toRegExp = (glob: string) =>
  new RegExp(
    `^${glob
      .split(/(\*\*|\*|\?)/)
      .map((part) => wildcards[part] ?? RegExp.escape(part))
      .join("")}$`,
    "i",
  )
const wildcards: Readonly<Record<string, string>> = { "**": ".*", "*": "[^/]*", "?": "[^/]" }
