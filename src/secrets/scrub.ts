import { type Edit, editText } from "../config/edit.ts"
import { parse } from "../config/parse.ts"
import { isTree, valueAt, withValue } from "../config/path.ts"
import { redacted } from "../config/redact.ts"
import type { Section } from "../kernel/section.ts"
import type { ConfigText } from "./config-texts.ts"
import { envFileOf, withoutAssignments } from "./dotenv.ts"
import { isSearchable, plaintextIn, variablesOf } from "./plaintext.ts"
import type { Move } from "./plan.ts"

/** A file's text, changed so that a secret is in it no more. */
export interface Scrubbed {
  file: string
  text: string
}

/** The moves whose secret is written out in this text. */
export const movesIn = (
  { tree }: ConfigText,
  moves: readonly Move[],
  sections: readonly Section[],
) => {
  const places = tree ? plaintextIn(tree, sections) : []
  return moves.flatMap((move) => {
    const place = places.find(({ path }) => Bun.deepEquals(path.map(String), move.path.map(String)))
    return place ? [{ ...move, value: place.value }] : []
  })
}

/** The text with references in place of the secrets; undefined when it cannot be edited. */
export const withRefs = async (
  of: ConfigText,
  moves: readonly Move[],
  more: readonly Edit[] = [],
): Promise<string | undefined> => {
  const edits = [...more, ...moves.map(({ path, ref }) => ({ path, value: ref }))]
  const expected = edits.reduce((tree, edit) => withValue(tree, edit.path, edit), of.tree!)
  const local = edits.map(({ path, ...edit }) => ({ ...edit, path: path.slice(of.at.length) }))
  try {
    const text = await editText(of.text, of.format, local)
    const after = await parse(text, of.format)
    const same = "value" in after && Bun.deepEquals(after.value, valueAt(expected, of.at))
    return same ? text : undefined
  } catch {
    return undefined
  }
}

/**
 * A copy of the config without the secrets that moved: with their references, so that going back to
 * it works; in comments, and in a copy that cannot be parsed, the bare values are blotted out.
 */
export const scrubbedCopy = async (
  copy: ConfigText,
  {
    moves,
    providers,
    values,
    sections,
  }: {
    moves: readonly Move[]
    /** Providers the references need. */
    providers: Readonly<Record<string, unknown>>
    /** Secrets that the config itself holds no more. */
    values: Iterable<string>
    sections: readonly Section[]
  },
): Promise<Scrubbed | undefined> => {
  const here = movesIn(copy, moves, sections)
  const missing = Object.entries(providers).flatMap(([name, value]) => {
    const path = ["secrets", "providers", name]
    return isTree(valueAt(copy.tree, path)) ? [] : [{ path, value }]
  })
  const edited = here.length ? await withRefs(copy, here, missing) : undefined
  const text = blotted(edited ?? copy.text, values)
  return text === copy.text ? undefined : { file: copy.file, text }
}

const blotted = (text: string, values: Iterable<string>) =>
  [...values]
    .filter(isSearchable)
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .reduce((rest, value) => rest.replaceAll(value, redacted), text)

/** `.env` without the variables that hold a moved secret, unless the config still reads them. */
export const scrubbedEnv = (
  state: string,
  values: ReadonlySet<string>,
  config: unknown,
): Scrubbed | undefined => {
  const { file, text, assignments } = envFileOf(state)
  const used = new Set(variablesOf(config))
  const gone = assignments.filter(({ name, value }) => values.has(value) && !used.has(name))
  const kept = gone.length ? withoutAssignments(text, gone) : undefined
  return kept === undefined ? undefined : { file, text: kept }
}
