import { dirname } from "node:path"
import { isIn, locate, type Program } from "./locate.ts"
import {
  harmlessBuiltins,
  isInert,
  type Kind,
  kindOf,
  otherBuiltins,
  reserved,
} from "./programs.ts"
import { readShellLine, type Word } from "./shell-line.ts"
import { unwrap } from "./unwrap.ts"

/** One program that the command may start, with its words. */
export interface Step {
  program: Program
  args: readonly Word[]
  kind: Exclude<Kind, "wrapper" | "elevating" | "inline" | "shell">
}

/** Every program that a command may start; or why that cannot be said, which no list then allows. */
export type Analysis = { steps: Step[] } | { unclear: string }

export interface Asked {
  command: string
  argv?: readonly string[]
  cwd: string
  /** What differs from the usual environment. */
  env: Readonly<Record<string, string>>
  path: string
}

/** Says what would run. Only looks: at the words and at the files they name. */
export const analyse = ({ command, argv, cwd, env, path }: Asked): Analysis => {
  const changed = Object.keys(env).find((name) => !isInert(name))
  if (changed) return { unclear: `it sets ${changed}` }
  const place: Place = { path, cwd, depth: 0 }
  try {
    const steps = argv
      ? runs(
          argv.map((text) => ({ text, literal: true, bare: 0 })),
          place,
          "program",
        )
      : ofLine(command, place)
    return { steps }
  } catch (error) {
    if (error instanceof Unclear) return { unclear: error.message }
    throw error
  }
}

/** Where the commands of a line run. */
interface Place {
  readonly path: string
  /** Undefined once the line has gone elsewhere. */
  cwd: string | undefined
  readonly depth: number
}

class Unclear extends Error {}
const unclear = (what: string): never => {
  throw new Unclear(what)
}

/** A line in a line in a line is more than anyone writes for good. */
const deepest = 3

const ofLine = (line: string, place: Place): Step[] => {
  const read = readShellLine(line)
  if ("unclear" in read) return unclear(read.unclear)
  return read.commands.flatMap((words) => ofCommand(words, place))
}

const assignment = /^[A-Za-z_]\w*=/

const ofCommand = (words: readonly Word[], place: Place): Step[] => {
  const [first, ...rest] = words
  if (!first) return []
  if (first.text === "!" && first.bare) return ofCommand(rest, place)
  if (first.text === "time" && first.bare) {
    // A word of bash, a program of other shells: both run a plain word that follows.
    const next = rest[0]
    if (!next || next.text.startsWith("-") || next.text.includes("="))
      return unclear("time is used with more than a program")
    return runs(rest, place, "shell")
  }
  const name = assignment.exec(first.text)?.[0]
  if (name && name.length <= first.bare) {
    const variable = name.slice(0, -1)
    if (!isInert(variable)) return unclear(`it sets ${variable}`)
    return ofCommand(rest, place)
  }
  return runs(words, place, "shell")
}

/** Who starts the program: a shell has words of its own, another program does not. */
type Starter = "shell" | "program"

const runs = (words: readonly Word[], place: Place, starter: Starter): Step[] => {
  const [called, ...args] = words
  if (!called?.literal || !called.text)
    return unclear("what it runs is not written out but put together")
  const name = called.text
  if (starter === "shell") {
    if (harmlessBuiltins.has(name)) {
      if (name === "cd") place.cwd = undefined
      return []
    }
    if (name === "command" || name === "exec") {
      if (!args[0] || args[0].text.startsWith("-")) return unclear(`${name} is used with options`)
      return runs(args, place, name === "exec" ? "program" : "shell")
    }
    if (reserved.has(name)) return unclear(`it uses the shell's ${name}`)
    if (otherBuiltins.has(name)) return unclear(`${name} is part of the shell`)
  }
  const program = locate(name, place)
  if (!program) return unclear(`${name} is no program that could be found for certain`)
  return start(program, args, place)
}

const start = (program: Program, args: readonly Word[], place: Place): Step[] => {
  const { name } = program
  const kind = kindOf(name, program.file.slice(dirname(program.file).length + 1))
  if (kind === "elevating") return unclear(`${name} gives other rights`)
  if (kind === "inline") return unclear(`${name} runs what its words say`)
  if (kind !== "wrapper" && kind !== "shell") return [{ program, args, kind }]

  // Anyone can call a file `env`; only the system's own is what it is called.
  if (!isIn(program)) return unclear(`${name} is not the system's own`)
  if (kind === "shell") {
    const line = shellLine(args)
    if (line === undefined) return [{ program, args, kind: "interpreter" }]
    if (place.depth >= deepest) return unclear("it has lines within lines")
    return ofLine(line, { ...place, depth: place.depth + 1 })
  }
  if (name === "env" && !args.length) return [{ program, args, kind: "plain" }]
  const inner = unwrap(name, args)
  return inner ? runs(inner, place, "program") : unclear(`${name} is used with options`)
}

/** The line of `sh -c 'line'`; undefined for anything else a shell is given. */
const shellLine = ([option, line]: readonly Word[]) => {
  if (!option?.literal || !/^-[eux]*c[eux]*$/.test(option.text)) return undefined
  return line?.literal ? line.text : unclear("the line for the shell is put together")
}
