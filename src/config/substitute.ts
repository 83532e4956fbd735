import type { Env } from "./paths.ts"
import { formatPath, isForbiddenKey, type Tree } from "./path.ts"
import { redacted } from "./redact.ts"
import type { Issue } from "./settings.ts"

const reference = /\$(\$?)\{([^{}]*)\}/g
const variableName = /^[A-Z_][A-Z0-9_]*$/
const deepest = 100

/**
 * The file's settings with `${VAR}` replaced from the environment; `$${VAR}` stands for `${VAR}`.
 * Also refuses what no setting may look like: names with a meaning in JavaScript, `$include`, and
 * the placeholder that hides secrets where the config is shown.
 */
export const substitute = (source: Tree, env: Env): { value: Tree; issues: Issue[] } => {
  const issues: Issue[] = []
  const path: PropertyKey[] = []
  const report = (message: string, hint?: string) =>
    issues.push({ path: formatPath(path), message, ...(hint && { hint }) })

  const visit = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (value.includes(redacted)) report(...placeholderKept)
      return value.includes("${") ? expand(value, env, report) : value
    }
    if (typeof value !== "object" || value === null) return value
    if (path.length > deepest) return void report("is nested too deeply")
    if (Array.isArray(value)) return value.map((entry, index) => within(index, entry))
    const copy: Tree = {}
    for (const [key, inner] of Object.entries(value)) {
      const kept = isAllowed(key) ? within(key, inner) : undefined
      if (kept !== undefined) copy[key] = kept
    }
    return copy
  }
  const within = (key: PropertyKey, value: unknown) => {
    path.push(key)
    const result = visit(value)
    path.pop()
    return result
  }
  const isAllowed = (key: string) => {
    const refused = isForbiddenKey(key)
    if (!refused && key !== "$include") return true
    path.push(key)
    if (refused) report("is not allowed as a name")
    else report("is not read by this version of fased", "put that file's settings here instead")
    path.pop()
    return false
  }
  return { value: visit(source) as Tree, issues }
}

/** Everyone knows the placeholder, so it must never come to guard anything. */
const placeholderKept = [
  `holds ${redacted}, which only stands for a hidden secret`,
  "put the secret itself there, or ${NAME} of an environment variable that holds it",
] as const

const expand = (text: string, env: Env, report: (message: string, hint: string) => void) =>
  text.replace(reference, (whole, escape: string, name: string) => {
    if (!variableName.test(name)) return whole
    if (escape) return whole.slice(1)
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (!value)
      report(
        `uses \${${name}}, but the environment variable ${name} is ${value === "" ? "empty" : "not set"}`,
        `set ${name} in the environment or in the .env file of the state folder`,
      )
    return value ?? whole
  })
