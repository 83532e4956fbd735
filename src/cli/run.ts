import { loadEnv } from "../config/env.ts"
import { resolvePaths } from "../config/paths.ts"
import { nearest } from "../config/nearest.ts"
import { Fault } from "../kernel/fault.ts"
import { adviceLines } from "./advice.ts"
import { readArguments } from "./arguments.ts"
import type { AnyCommand, Context } from "./command.ts"
import { whatIsDenied } from "./denied.ts"
import { usage } from "./faults.ts"
import { takeGlobals } from "./globals.ts"
import { createOutput } from "./output.ts"
import type { Output } from "./output.ts"
import { printable, printableText } from "./printable.ts"
import { programName } from "./program.ts"
import type { Program } from "./program.ts"
import { root } from "./tree.ts"
import type { Node } from "./tree.ts"

interface Place {
  path: readonly string[]
  node: Node
  /** What follows the command's words. */
  rest: readonly string[]
}

interface Surroundings extends Program {
  version: string
  stdin: { isTTY?: boolean }
  stdout: { isTTY?: boolean; columns?: number; write(text: string): unknown }
  stderr: { isTTY?: boolean; columns?: number; write(text: string): unknown }
}

/** Follows the command's words down the tree. */
const find = async (words: readonly string[]): Promise<Place> => {
  let place: Place = { path: [], node: root, rest: words }
  while (place.node.children || place.node.derives) {
    const [word, ...rest] = place.rest
    if (word === undefined || word.startsWith("-")) return place
    const child = place.node.children?.[word] ?? (await derivedChild(place, word))
    if (!child) {
      if (place.node.load && !place.node.children) return place
      const meant = await nearestCommand(place, word)
      // A group that is a command as well may take the word for itself.
      if (meant === undefined && takesWord(await place.node.load?.())) return place
      throw unknownCommand(place, word, meant)
    }
    place = { path: [...place.path, word], node: child, rest }
  }
  return place
}

/** A command made from a gateway method; importing them all takes a moment, so they come last. */
const derivedChild = async ({ path, node }: Place, word: string) =>
  node.derives || !path.length
    ? (await import("./derive.ts")).derivedNodes(path.join("."))[word]
    : undefined

const takesWord = (command: AnyCommand | undefined) =>
  Object.values<{ type?: string }>(command?.args ?? {}).some(({ type }) => type === "positional")

const nearestCommand = async ({ path, node }: Place, word: string) => {
  const { derivedNodes } = await import("./derive.ts")
  const known = Object.entries({ ...node.children, ...derivedNodes(path.join(".")) })
    .filter(([, child]) => !child.hidden)
    .map(([name]) => name)
  return nearest(word, known)
}

const unknownCommand = ({ path }: Place, word: string, meant: string | undefined) => {
  const all = ["fased", ...path].join(" ")
  return usage({
    problem: `There is no command "${printable([...path, word].join(" "), 80)}".`,
    hint: meant ? `Did you mean: ${all} ${meant}` : `See what there is: ${all} --help`,
  })
}

/** Runs one command line and gives its exit code. */
export const run = async (argv: readonly string[], around: Surroundings): Promise<number> => {
  let out = createOutput(around, around.env, argv.includes("--no-color"))
  let place: Place = { path: [], node: root, rest: [] }
  let loaded: AnyCommand | undefined
  try {
    const globals = takeGlobals(argv)
    out = createOutput(around, around.env, globals.noColour)
    const asked = globals.rest[0] === "help"
    place = await find(asked ? globals.rest.slice(1) : globals.rest)
    loaded = await place.node.load?.()
    if (globals.help || asked) {
      out.print(await help(place, loaded, around.version, out))
      return 0
    }
    if (!loaded) {
      if (place.rest.length) readArguments(place.rest, {})
      out.note(await help(place, loaded, around.version, out))
      return 2
    }
    const args = readArguments(place.rest, loaded.args, loaded)
    const paths = resolvePaths(around.env, { profile: globals.profile, dev: globals.dev })
    const context: Context = {
      version: around.version,
      env: loadEnv(around.env, paths).env,
      paths,
      program: programName(around),
      execPath: around.execPath,
      instance: globals.dev ? ["--dev"] : globals.profile ? ["--profile", globals.profile] : [],
      out,
      interactive: Boolean(around.stdin.isTTY && around.stdout.isTTY),
    }
    return (await loaded.run(args, context)) ?? 0
  } catch (error) {
    return report(error, { out, place, loaded, around, json: argv.includes("--json") })
  }
}

const help = async (
  { path, node }: Place,
  command: AnyCommand | undefined,
  version: string,
  out: Output,
) => {
  const { renderHelp } = await import("./help.ts")
  const derived = node.derives
    ? (await import("./derive.ts")).derivedLeaves(path.join("."), node.children)
    : undefined
  const width = Math.min(out.width, 110)
  return renderHelp({ path, node, command, derived, version, width, paint: out.paint })
}

interface Failure {
  out: Output
  place: Place
  loaded?: AnyCommand
  around: Surroundings
  json: boolean
}

/** Says what went wrong and what to do next, on stderr; with `--json` stdout still gets its one document. */
const report = async (error: unknown, { out, place, loaded, around, json }: Failure) => {
  const { bad, accent, muted } = out.notePaint
  const denied = whatIsDenied(error)
  if (denied) return report(denied, { out, place, loaded, around, json })
  const wantsJson = json && loaded && "json" in loaded.args
  if (!(error instanceof Fault)) {
    const reason = error instanceof Error ? error.message : String(error)
    if (wantsJson) out.json({ ok: false, error: { code: "internal", message: reason } })
    out.note(`${bad("error:")} something inside fased went wrong: ${printable(reason)}`)
    if (around.env.FASED_DEBUG)
      out.note(error instanceof Error ? (error.stack ?? "") : Bun.inspect(error))
    else out.note(muted("For the details run it again with FASED_DEBUG=1"))
    return 1
  }
  if (wantsJson) {
    const { code, message, details, retryable } = error.toWire()
    out.json({
      ok: false,
      error: { code: error.code, wire: code, message, hint: error.hint, details, retryable },
    })
  }
  const lines = (text: string) => adviceLines(text, out.noteWidth - 7)
  const [first, ...more] = lines(printableText(error.message.slice(0, 5000)))
  out.note(`${bad("error:")} ${first}`)
  const hint = error.hint ? lines(printable(error.hint, 2000)) : []
  for (const line of [...more, ...hint]) out.note(`       ${line}`)
  const misused: boolean = usage.is(error)
  if (misused) {
    const { usageLine } = await import("./help.ts")
    out.note("")
    out.note(`Usage: ${accent(usageLine(place.path, place.node, loaded))}`)
    out.note(muted(`See:   ${["fased", ...place.path].join(" ")} --help`))
    return 2
  }
  if (around.env.FASED_DEBUG && error.cause) out.note(muted(Bun.inspect(error.cause)))
  return 1
}
