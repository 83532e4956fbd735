import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"

/** A variable of a `.env` file, and where it stands there. */
export interface Assignment {
  name: string
  value: string
  start: number
  end: number
}

const assignment =
  /^[ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|[^\n"'`][^\n]*|)[^\n]*(?:\n|$)/gm

/** Every variable that a `.env` file sets, in its order. */
const assignmentsIn = (text: string): Assignment[] =>
  [...text.matchAll(assignment)].flatMap(({ 0: line, index }) => {
    const [[name, value] = []] = Object.entries(parseEnv(line))
    return name === undefined
      ? []
      : [{ name, value: value ?? "", start: index, end: index + line.length }]
  })

/** The text without these variables' lines; undefined when taking them out would touch another. */
export const withoutAssignments = (text: string, gone: readonly Assignment[]) => {
  const kept = [...gone]
    .sort((a, b) => b.start - a.start)
    .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text)
  const expected = new Map(
    assignmentsIn(text)
      .filter(({ start }) => !gone.some((one) => one.start === start))
      .map(({ name, value }) => [name, value]),
  )
  const found = Object.entries(parseEnv(kept))
  const same =
    found.length === expected.size && found.every(([name, value]) => expected.get(name) === value)
  return same ? kept : undefined
}

/** The `.env` of an instance; empty when there is none. */
export const envFileOf = (state: string) => {
  const file = join(state, ".env")
  const text = readText(file)
  return { file, text, assignments: assignmentsIn(text) }
}

const readText = (file: string) => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}
