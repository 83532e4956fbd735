import { hintsOf } from "../config/hints.ts"
import type { Path } from "../config/path.ts"
import { fileSchema } from "../config/schema.ts"
import type { Section } from "../kernel/section.ts"

/** Types whose paths the contract names, whether or not this binary has such a setting (08 §9). */
const contracted: Record<string, readonly string[]> = {
  "models.providers.apiKey": ["models.providers.*.apiKey"],
  "skills.entries.apiKey": ["skills.entries.*.apiKey"],
  "channels.googlechat.serviceAccount": [
    "channels.googlechat.serviceAccount",
    "channels.googlechat.accounts.*.serviceAccount",
  ],
}

/** A kind of place for a secret, named after its path without the names that people choose. */
export type TargetTypes = ReadonlyMap<string, readonly string[]>

/** Every secret setting of the schema by its type: `gateway.auth.token`, `models.providers.headers`. */
export const targetTypes = (sections: readonly Section[]): TargetTypes => {
  const types = new Map(Object.entries(contracted))
  for (const [pattern, { sensitive }] of Object.entries(hintsOf(fileSchema(sections)))) {
    const known = [...types.values()].some((patterns) => patterns.includes(pattern))
    if (!sensitive || known) continue
    const type = typeNamed(pattern)
    types.set(type, [...(types.get(type) ?? []), pattern])
  }
  return types
}

const typeNamed = (pattern: string) =>
  pattern
    .split(".")
    .filter((word) => word !== "*")
    .join(".")

/** The names that stand for the `*` of one of the type's patterns; undefined when none fits. */
export const namesIn = (
  types: TargetTypes,
  type: string,
  path: Path,
): ReadonlyMap<string, string> | undefined => {
  for (const pattern of types.get(type) ?? []) {
    const words = pattern.split(".")
    const fits = (word: string, at: number) =>
      word === "*" ? String(path[at]).trim() !== "" : word === path[at]
    if (words.length !== path.length || !words.every(fits)) continue
    return new Map(
      words.flatMap((word, at) => (word === "*" ? [[words[at - 1]!, String(path[at])]] : [])),
    )
  }
  return undefined
}

/** The type under which a plan names this setting; undefined for one that holds no secret. */
export const typeOf = (types: TargetTypes, path: Path) =>
  [...types.keys()].find((type) => namesIn(types, type, path))
