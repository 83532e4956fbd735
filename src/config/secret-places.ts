import type { Section } from "../kernel/section.ts"
import { refProblem, type SecretRef, type SecretUse } from "../kernel/secret.ts"
import { formatPath, isTree, type Path, type Replacement, type Tree, withValues } from "./path.ts"
import { below, forms, type JsonSchema, sectionSchema } from "./schema.ts"
import { once } from "./once.ts"
import type { Issue } from "./settings.ts"

/** A place that holds a secret, as its schema says, and what stands there. */
export interface SecretPlace {
  path: Path
  value: unknown
}

/** Every secret that a config gives a value: text, or a reference. */
export const secretPlaces = (config: Tree, sections: readonly Section[]): SecretPlace[] =>
  sections.flatMap((section) => {
    const value = config[section.id]
    if (value === undefined) return [] // a start need not derive the schema of what nobody sets
    const root = sectionSchema(section)
    return collect(value, root, forms({ root, node: root }), [section.id])
  })

const collect = (
  value: unknown,
  root: JsonSchema,
  found: readonly JsonSchema[],
  path: Path,
): SecretPlace[] => {
  if (value === undefined || !found.length) return []
  if (found.some(({ secret }) => secret)) return [{ path, value }]
  if (!found.some((form) => holdsSecrets(root, form))) return []
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const next = found.flatMap((form) => {
      const node = below(form, key)
      return node ? forms({ root, node }) : []
    })
    return collect(inner, root, next, [...path, Array.isArray(value) ? Number(key) : key])
  })
}

/** True when a secret may stand at this place or below it. */
const holdsSecrets = (root: JsonSchema, form: JsonSchema): boolean => {
  const known = holding.get(form)
  if (known !== undefined) return known
  holding.set(form, true) // until it is known, for a schema that contains itself
  const { properties, additionalProperties, items, prefixItems } = form
  const inner = [...Object.values(properties ?? {}), items, ...(prefixItems ?? [])]
  const holds =
    Boolean(form.secret) ||
    [...inner, isTree(additionalProperties) ? additionalProperties : undefined].some(
      (node) => node && forms({ root, node }).some((below) => holdsSecrets(root, below)),
    )
  holding.set(form, holds)
  return holds
}
const holding = new WeakMap<JsonSchema, boolean>()

/** Passes for any secret while the settings around it are judged. */
const standIn = "a secret that has not been fetched yet"

/** A config's references to secrets, and the config with something else in their place. */
export const takeRefs = (config: Tree, sections: readonly Section[]) => {
  const refs: SecretUse[] = []
  const issues: Issue[] = []
  const replaced: Replacement[] = []
  // A section that is right as it stands has text wherever a secret may be, and no reference.
  const unclear = sections.filter(
    (section) =>
      config[section.id] !== undefined &&
      !section.schema.safeParse(config[section.id], once).success,
  )
  for (const { path, value: written } of secretPlaces(config, unclear)) {
    if (!isTree(written)) continue
    const problem = refProblem(written)
    if (problem) issues.push({ path: formatPath(path), message: problem, hint: refHint })
    else refs.push({ path: formatPath(path), ref: written as unknown as SecretRef })
    replaced.push({ path, value: standIn })
  }
  return { refs, issues, value: withValues(config, replaced) }
}

const refHint = 'e.g. { source: "env", provider: "default", id: "OPENAI_API_KEY" }'
