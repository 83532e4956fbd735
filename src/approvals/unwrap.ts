import { isInert } from "./programs.ts"
import type { Word } from "./shell-line.ts"

/** Options a wrapper takes before the program it runs. */
interface Options {
  /** Alone, or with their value behind `=` or in the same word. */
  alone: RegExp
  /** Their value is the next word. */
  valued?: RegExp
  /** So many words of its own come before the program. */
  own?: number
}

const wrappers: Readonly<Record<string, Options>> = {
  nice: { alone: /^(?:-\d+|-n-?\d+|--adjustment=-?\d+)$/, valued: /^-n$/ },
  nohup: { alone: /^$/ },
  stdbuf: {
    alone: /^(?:-[ioe](?:L|0|\d+[kKMG]?)|--(?:input|output|error)=(?:L|0|\d+[kKMG]?))$/,
    valued: /^-[ioe]$/,
  },
  timeout: {
    alone:
      /^(?:-v|--verbose|--foreground|--preserve-status|-[sk][\w.]+|--(?:signal|kill-after)=[\w.]+)$/,
    valued: /^-[sk]$/,
    own: 1,
  },
}

/** The words that a wrapper runs as a program; undefined when its options are not plainly harmless. */
export const unwrap = (name: string, args: readonly Word[]): readonly Word[] | undefined => {
  if (name === "env") return unwrapEnv(args)
  const options = wrappers[name]
  if (!options) return undefined
  let at = 0
  for (; args[at]?.text.startsWith("-"); at++) {
    const { text, literal } = args[at]!
    if (!literal) return undefined
    if (text === "--") {
      at++
      break
    }
    if (options.valued?.test(text)) {
      if (!isPlainValue(args[++at])) return undefined
    } else if (!options.alone.test(text)) return undefined
  }
  for (let own = options.own ?? 0; own > 0; own--) if (!isPlainValue(args[at++])) return undefined
  return args.length > at ? args.slice(at) : undefined
}

const isPlainValue = (word: Word | undefined) => !!word?.literal && /^-?[\w.]+$/.test(word.text)

/** `env NAME=value program`, for variables that do not matter. Its options can change what a name means. */
const unwrapEnv = (args: readonly Word[]) => {
  let at = args[0]?.text === "--" ? 1 : 0
  for (; args[at]?.text.includes("="); at++) {
    const { text, literal } = args[at]!
    if (!literal || !isInert(text.slice(0, text.indexOf("=")))) return undefined
  }
  const program = args[at]
  return program && !program.text.startsWith("-") ? args.slice(at) : undefined
}
