import { isSecretName } from "../kernel/secret.ts"
import type { Env } from "./paths.ts"
import { formatPath, type Path, type Segment, type Tree } from "./path.ts"
import { redacted } from "./redact.ts"
import type { Issue } from "./settings.ts"

const reference = /\$(\$?)\{([^{}]*)\}/g
const variableName = /^[A-Z_][A-Z0-9_]*$/
export const isVariableName = (name: string) => variableName.test(name)

/** Secrets that guard this gateway; nobody but the gateway itself has a use for them. */
const isOwnSecret = (name: string) => name.startsWith("FASED_") && isSecretName(name)

/**
 * The settings with `${VAR}` replaced from the environment; `$${VAR}` stands for `${VAR}`.
 * The variables that hold fased's own secrets are read only where `mayHoldOwn` says so. Also refuses
 * the placeholder that hides secrets where the config is shown.
 */
export const substitute = (
  source: Tree,
  env: Env,
  mayHoldOwn: (path: Path) => boolean = () => true,
): { value: Tree; issues: Issue[] } => {
  const issues: Issue[] = []
  const path: Segment[] = []
  const report = (message: string, hint?: string) =>
    issues.push({ path: formatPath(path), message, ...(hint && { hint }) })

  const visit = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (value.includes(redacted)) report(...placeholderKept)
      return value.includes("${") ? expand(value) : value
    }
    if (typeof value !== "object" || value === null) return value
    if (Array.isArray(value)) return value.map((entry, index) => within(index, entry))
    const copy: Tree = {}
    for (const [key, inner] of Object.entries(value)) copy[key] = within(key, inner)
    return copy
  }
  const within = (key: Segment, value: unknown) => {
    path.push(key)
    const result = visit(value)
    path.pop()
    return result
  }
  const expand = (text: string) =>
    text.replace(reference, (whole, escape: string, name: string) => {
      if (!variableName.test(name)) return whole
      if (escape) return whole.slice(1)
      if (isOwnSecret(name) && !mayHoldOwn(path)) {
        report(
          `may not use \${${name}}: it guards this gateway, and only secrets of gateway may hold it`,
          "give this setting a secret of its own",
        )
        return whole
      }
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      if (!value)
        report(
          `uses \${${name}}, but the environment variable ${name} is ${value === "" ? "empty" : "not set"}`,
          `set ${name} in the environment or in the .env file of the state folder`,
        )
      return value ?? whole
    })
  return { value: visit(source) as Tree, issues }
}

/** Everyone knows the placeholder, so it must never come to guard anything. */
const placeholderKept = [
  `holds ${redacted}, which only stands for a hidden secret`,
  "put the secret itself there, or ${NAME} of an environment variable that holds it",
] as const

/** The variables that some text in `tree` refers to. */
export const variablesUsed = (tree: unknown, found = new Set<string>()): Set<string> => {
  if (typeof tree === "string") {
    if (tree.includes("${"))
      for (const [, escape, name] of tree.matchAll(reference))
        if (!escape && variableName.test(name!)) found.add(name!)
  } else if (typeof tree === "object" && tree !== null)
    for (const inner of Object.values(tree)) variablesUsed(inner, found)
  return found
}
