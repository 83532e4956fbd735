import { usage } from "./faults.ts"

/** Flags every command understands, wherever they stand. */
export interface Globals {
  dev: boolean
  profile?: string
  noColour: boolean
  help: boolean
  /** The command line without them. */
  rest: string[]
}

export const globalFlags = [
  ["--dev", "Use the dev profile (port 19001)"],
  ["--profile <name>", "Use a profile of its own: config, state, port, service"],
  ["--no-color", "No colours (NO_COLOR does the same)"],
  ["-h, --help", "Help for any command"],
  ["-V, --version", "Print the version"],
] as const

export const takeGlobals = (argv: readonly string[]): Globals => {
  const globals: Globals = { dev: false, noColour: false, help: false, rest: [] }
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!
    if (word === "--") {
      globals.rest.push(...argv.slice(at))
      break
    }
    if (word === "--dev") globals.dev = true
    else if (word === "--no-color") globals.noColour = true
    else if (word === "--help" || word === "-h") globals.help = true
    else if (word === "--update" && !globals.rest.length) globals.rest.push("update")
    else if (word === "--profile" || word.startsWith("--profile=")) {
      globals.profile = word === "--profile" ? argv[++at] : word.slice("--profile=".length)
      if (!globals.profile || globals.profile.startsWith("-"))
        throw usage({ problem: "--profile needs a name.", hint: "For example: --profile work" })
    } else globals.rest.push(word)
  }
  return globals
}
