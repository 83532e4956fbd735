import { isTree, type Path, type Tree } from "../config/path.ts"
import { secretPlaces } from "../config/secret-places.ts"
import { isSecretName } from "../kernel/secret.ts"
import type { Section } from "../kernel/section.ts"

/** A secret that stands in a config as it is. */
export interface Plaintext {
  path: Path
  value: string
}

const variable = /\$\{([A-Z_][A-Z0-9_]*)\}/g
const hasVariable = new RegExp(variable.source)

/** Secrets written out; `${VAR}` and references are not, for their values are kept elsewhere. */
export const plaintextIn = (config: Tree, sections: readonly Section[]): Plaintext[] =>
  secretPlaces(config, sections).flatMap(({ path, value }) =>
    typeof value === "string" && isWrittenOut(value) && !isPlainVariable(path)
      ? [{ path, value }]
      : [],
  )

/** The config may set any variable: `TZ` holds no secret, `GITHUB_TOKEN` does. */
const isPlainVariable = (path: Path) => path[0] === "env" && !isSecretName(String(path.at(-1)))

const isWrittenOut = (value: string) => value.trim() !== "" && !hasVariable.test(value)

/** Names of the variables that a config, with its references, reads from the environment. */
export const variablesOf = (config: unknown): string[] => {
  if (typeof config === "string")
    return [...config.matchAll(variable)].flatMap(([, name]) => name ?? [])
  if (Array.isArray(config)) return config.flatMap(variablesOf)
  if (!isTree(config)) return []
  const { source, id, passEnv } = config
  return [
    ...(source === "env" && typeof id === "string" ? [id] : []),
    ...(Array.isArray(passEnv) ? passEnv.map(String) : []),
    ...Object.values(config).flatMap(variablesOf),
  ]
}

/** Short texts stand in a file for many other reasons than being this secret. */
export const isSearchable = (value: string) => value.length >= 8

/** Names the lines of a text where a secret still stands. */
export const linesHolding = (text: string, values: Iterable<string>) => {
  const sought = [...values].filter(isSearchable)
  return text
    .split("\n")
    .flatMap((line, at) => (sought.some((value) => line.includes(value)) ? [at + 1] : []))
}
