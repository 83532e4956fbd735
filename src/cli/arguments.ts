import { parseArgs } from "citty"
import type { ArgDef, ArgsDef, ParsedArgs } from "citty"
import { nearest } from "../config/nearest.ts"
import { usage } from "./faults.ts"

/** Other spellings of a flag: one letter or a long name. */
export const aliasesOf = (def: ArgDef) => ("alias" in def ? [def.alias ?? []].flat() : [])

/** Every spelling of every flag, with what it means. */
const flagTable = (defs: ArgsDef) => {
  const flags = new Map<string, { name: string; def: ArgDef; negated: boolean }>()
  for (const [name, def] of Object.entries(defs)) {
    if (def.type === "positional") continue
    flags.set(`--${name}`, { name, def, negated: false })
    if (def.type === "boolean") flags.set(`--no-${name}`, { name, def, negated: true })
    for (const alias of aliasesOf(def))
      flags.set(alias.length === 1 ? `-${alias}` : `--${alias}`, { name, def, negated: false })
  }
  return flags
}

const looksLikeFlag = (text: string | undefined) =>
  text !== undefined && text.length > 1 && text.startsWith("-") && !/^-\d/.test(text)

/**
 * Reads a command's arguments. citty lets unknown flags and options without a value pass in silence;
 * here both are usage errors that name the nearest flag.
 */
export const readArguments = <A extends ArgsDef>(
  raw: readonly string[],
  defs: A,
  { words = false } = {},
): ParsedArgs<A> => {
  const flags = flagTable(defs)
  const given: string[] = []
  const rest: string[] = []
  for (let at = 0; at < raw.length; at++) {
    const word = raw[at]!
    if (word === "--") {
      rest.push(...raw.slice(at + 1))
      break
    }
    if (!looksLikeFlag(word)) {
      rest.push(word)
      continue
    }
    const equals = word.startsWith("--") ? word.indexOf("=") : -1
    const spelled = equals < 0 ? word : word.slice(0, equals)
    const flag = flags.get(spelled)
    if (!flag) throw unknownFlag(spelled, flags.keys())
    if (flag.def.type === "boolean") {
      if (equals >= 0)
        throw usage({ problem: `${spelled} takes no value.`, hint: `Write just ${spelled}` })
      given.push(flag.negated ? `--no-${flag.name}` : `--${flag.name}`)
      continue
    }
    const value = equals < 0 ? raw[++at] : word.slice(equals + 1)
    if (value === undefined || (equals < 0 && looksLikeFlag(value))) {
      throw usage({
        problem: `${spelled} needs a value.`,
        hint: value && `A value that begins with "-" is written ${spelled}=${value}`,
      })
    }
    checkChoice(spelled, flag.def, value)
    const before = isList(flag.def) ? given.findIndex((g) => g.startsWith(`--${flag.name}=`)) : -1
    if (before < 0) given.push(`--${flag.name}=${value}`)
    else given[before] += `,${value}`
  }
  checkPresence(defs, given, rest)
  if (!words) checkCount(defs, rest)
  return parseArgs<A>([...given, "--", ...rest], defs)
}

/** A list may be given at once or in pieces: `--scope a,b` or `--scope a --scope b`. */
const isList = (def: ArgDef) => "valueHint" in def && def.valueHint === listHint
export const listHint = "a,b,…"

const unknownFlag = (spelled: string, known: Iterable<string>) => {
  const meant = nearest(spelled, [...known, "--help"])
  return usage({
    problem: `There is no flag ${spelled} here.`,
    hint: meant && `Did you mean ${meant}?`,
  })
}

const checkChoice = (spelled: string, def: ArgDef, value: string) => {
  if (def.type !== "enum" || !def.options || def.options.includes(value)) return
  const meant = nearest(value, def.options)
  throw usage({
    problem: `${spelled} cannot be "${value}".`,
    hint: meant ? `Did you mean ${meant}?` : `It is one of: ${def.options.join(", ")}`,
  })
}

const checkPresence = (defs: ArgsDef, given: readonly string[], rest: readonly string[]) => {
  const places = Object.entries(defs).filter(([, def]) => def.type === "positional")
  for (const [at, [name, def]] of places.entries())
    if (def.required && rest[at] === undefined)
      throw usage({ problem: `<${name}> is missing: ${lowerFirst(def.description ?? name)}` })
  for (const [name, def] of Object.entries(defs))
    if (def.type !== "positional" && def.required && !given.some((g) => g.startsWith(`--${name}=`)))
      throw usage({ problem: `--${name} is missing: ${lowerFirst(def.description ?? name)}` })
}

const checkCount = (defs: ArgsDef, rest: readonly string[]) => {
  const places = Object.values(defs).filter(({ type }) => type === "positional").length
  if (rest.length <= places) return
  throw usage({
    problem: `"${rest[places]}" is one argument too many.`,
    hint: places ? 'Put text with spaces in quotes: "like this"' : undefined,
  })
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** A whole number given to a flag, or undefined when the flag was not. */
export const wholeNumber = (
  flag: string,
  text: string | undefined,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
) => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^-?\d+$/.test(text) && value >= min && value <= max) return value
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`
  throw usage({ problem: `${flag} cannot be "${text}".`, hint: `It is a whole number ${range}.` })
}

export const portNumber = (text: string | undefined) =>
  wholeNumber("--port", text, { min: 1, max: 65535 })
