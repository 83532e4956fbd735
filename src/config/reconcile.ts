import type { Section } from "../kernel/section.ts"
import { includeFromAfar, placeholderUnclear, variableFromAfar } from "./faults.ts"
import { matchLists } from "./match-lists.ts"
import type { Env } from "./paths.ts"
import { formatPath, isTree, type Path, type Tree, valueAt } from "./path.ts"
import { redactConfig, redacted } from "./redact.ts"
import { substitute, variablesUsed } from "./substitute.ts"

/** What stands at one place of the config, in every form that someone may have seen it. */
interface Place {
  source: unknown
  composed: unknown
  /** Secrets masked. */
  written: unknown
  /** `${VAR}` replaced, secrets masked. */
  used: unknown
}

export interface Reconciling {
  sections: readonly Section[]
  env: Env
  /** The value comes from outside this machine's own command line. */
  afar?: boolean
}

/**
 * A value for the config as it was meant by someone who saw the config with its secrets masked: each
 * placeholder becomes what it stood for. From afar also `${VAR}` comes back in where what it stands
 * for was sent, and no other variable or file is reached than the config reaches at that place.
 */
export const reconcile = (
  value: unknown,
  path: Path,
  { source, composed }: { source: Tree; composed: Tree },
  { sections, env, afar = false }: Reconciling,
): unknown => {
  if (!afar && !holdsPlaceholder(value)) return value
  const forms: Place = {
    source,
    composed,
    written: redactConfig(composed, sections),
    used: redactConfig(substitute(composed, env).value, sections),
  }
  const place = at(forms, path)
  return path.at(-1) === "$include"
    ? files(value, place, path, afar)
    : visit(value, place, path, afar)
}

const at = (place: Place, path: Path): Place => ({
  source: valueAt(place.source, path),
  composed: valueAt(place.composed, path),
  written: valueAt(place.written, path),
  used: valueAt(place.used, path),
})

const visit = (value: unknown, place: Place, path: Path, afar: boolean): unknown => {
  if (typeof value === "string") return text(value, place, path, afar)
  if (Array.isArray(value)) {
    const matches = matchStored(value, place)
    return value.map((entry, index) => {
      const match = matches[index]
      const of = match === undefined ? nowhere : at(place, [match])
      return visit(entry, of, [...path, index], afar)
    })
  }
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const [here, below] = [[...path, key], at(place, [key])]
      return [
        key,
        key === "$include" ? files(inner, below, here, afar) : visit(inner, below, here, afar),
      ]
    }),
  )
}

const nowhere: Place = {
  source: undefined,
  composed: undefined,
  written: undefined,
  used: undefined,
}

const matchStored = (sent: readonly unknown[], { composed, written, used }: Place) =>
  Array.isArray(composed) && Array.isArray(written) && Array.isArray(used)
    ? matchLists(sent, composed, [written, used])
    : []

const text = (value: string, { composed, written, used }: Place, path: Path, afar: boolean) => {
  const isAsShown = value === written || value === used
  if (value.includes(redacted)) {
    if (isAsShown) return composed
    throw placeholderUnclear({ path: formatPath(path) })
  }
  if (!afar) return value
  if (isAsShown && typeof composed === "string") return composed
  const known = typeof composed === "string" ? [...variablesUsed(composed)] : []
  const [fresh] = [...variablesUsed(value)].filter((name) => !known.includes(name))
  if (fresh !== undefined) throw variableFromAfar({ path: formatPath(path), name: fresh })
  return value
}

const files = (value: unknown, { source }: Place, path: Path, afar: boolean) => {
  if (afar && !Bun.deepEquals(value, source)) throw includeFromAfar({ path: formatPath(path) })
  return value
}

const holdsPlaceholder = (value: unknown): boolean => {
  if (typeof value === "string") return value.includes(redacted)
  return typeof value === "object" && value !== null && Object.values(value).some(holdsPlaceholder)
}
